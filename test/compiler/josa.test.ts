import { expect, test } from "vitest";
import { isParticle, withParticle } from "../../src/compiler/josa.ts";

test.each([
  ["국가", "을", "국가를"],
  ["이름", "을", "이름을"],
  ["이름", "를", "이름을"],
  ["국가", "이", "국가가"],
  ["이름", "은", "이름은"],
  ["국가", "는", "국가는"],
  ["이름", "과", "이름과"],
  ["국가", "과", "국가와"],
  ["서면", "으로", "서면으로"],
  ["전화", "으로", "전화로"],
  ["이메일", "으로", "이메일로"], // ㄹ takes 로
  ["이메일", "을", "이메일을"],
  ["한국사이버결제(KCP)", "을", "한국사이버결제(KCP)를"], // the word before the bracket is said
  ["알리페이(Alipay)", "은", "알리페이(Alipay)는"],
  ["한국신용평가정보(주)", "이", "한국신용평가정보(주)가"],
  ["‘기록 보존’", "을", "‘기록 보존’을"],
  ["(이름)", "을", "(이름)을"],
  ["유저ID", "을", "유저ID를"],
  ["접속 IP", "은", "접속 IP는"],
  ["URL", "을", "URL을"],
  ["URL", "으로", "URL로"],
  ["PIN", "이", "PIN이"],
  ["Benchmark Email", "으로", "Benchmark Email로"],
  ["Benchmark Email", "은", "Benchmark Email은"],
  ["RemoteMeeting", "이", "RemoteMeeting이"],
  ["Internet", "을", "Internet을"],
  ["Chrome", "은", "Chrome은"],
  ["Safari", "은", "Safari는"],
  ["Google", "으로", "Google로"],
  ["1", "을", "1을"],
  ["1", "으로", "1로"],
  ["2", "을", "2를"],
  ["3", "으로", "3으로"],
  ["10", "이", "10이"],
  ["★", "을", "★을(를)"],
  ["", "은", "은(는)"],
])("%s with %s is %s", (word, particle, expected) => {
  expect(withParticle(word, particle)).toBe(expected);
});

test("what is not a particle changes nothing", () => {
  expect(isParticle("constructor")).toBe(false);
  expect(isParticle("으로")).toBe(true);
  expect(withParticle("이름", "constructor")).toBe("이름");
  expect(withParticle("이름", "에게")).toBe("이름");
});
