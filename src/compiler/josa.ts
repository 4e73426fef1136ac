/**
 * Korean particles that follow the sound before them: 을/를, 이/가, 은/는, 과/와, 으로/로.
 * A closing bracket is not read aloud: the particle follows the word before it
 * (`알리페이(Alipay)를`), and a Latin acronym is read by its letters (`ID를`, `URL을`).
 */

/** The end of a word as it is said. ㄹ is apart: `로` follows it, not `으로`. */
type Ending = "vowel" | "rieul" | "consonant";

const PARTICLES: Readonly<Record<string, readonly [closed: string, open: string]>> = {
  을: ["을", "를"],
  를: ["을", "를"],
  이: ["이", "가"],
  가: ["이", "가"],
  은: ["은", "는"],
  는: ["은", "는"],
  과: ["과", "와"],
  와: ["과", "와"],
  으로: ["으로", "로"],
  로: ["으로", "로"],
};

// 영 일 이 삼 사 오 육 칠 팔 구: and ten, hundred, thousand all end closed, as 영 does.
const DIGITS: readonly Ending[] = [
  "consonant",
  "rieul",
  "vowel",
  "consonant",
  "vowel",
  "vowel",
  "consonant",
  "rieul",
  "rieul",
  "vowel",
];

/** Is this the name of a particle that {@link withParticle} can set? */
export function isParticle(name: string): boolean {
  return Object.hasOwn(PARTICLES, name);
}

/**
 * The word with the particle its sound asks for. Where the sound is unknown (a symbol, another
 * script) both are written: `✓을(를)`.
 * @example withParticle("국가", "을") // "국가를"
 * @example withParticle("이메일", "으로") // "이메일로"
 */
export function withParticle(word: string, particle: string): string {
  const pair = isParticle(particle) ? PARTICLES[particle] : undefined;
  if (pair === undefined) return word;
  const [closed, open] = pair;
  const ending = endingOf(word);
  if (ending === null) return `${word}${closed}(${open})`;
  if (ending === "vowel") return word + open;
  return word + (ending === "rieul" && closed === "으로" ? open : closed);
}

function endingOf(word: string): Ending | null {
  const said = spoken(word);
  const last = said.at(-1) ?? "";
  if (last >= "가" && last <= "힣") {
    const final = (last.charCodeAt(0) - 0xac00) % 28; // Unicode 3.12: index of the final consonant
    return final === 0 ? "vowel" : final === 8 ? "rieul" : "consonant";
  }
  if (/[0-9]/.test(last)) return DIGITS[Number(last)] ?? null;
  const latin = /[A-Za-z]+$/.exec(said)?.[0];
  if (latin === undefined) return null;
  return latin === latin.toUpperCase() ? letterEnding(latin) : latinEnding(latin.toLowerCase());
}

/** Without what is not said: closing quotes, full stops, a bracket after a word. */
function spoken(word: string): string {
  let said = word.trim();
  for (let before = ""; before !== said;) {
    before = said;
    said = said.replace(/["'”’»」』.…]+$/, "").trimEnd();
    const open = /[)\]]$/.test(said) ? Math.max(said.lastIndexOf("("), said.lastIndexOf("[")) : -1;
    if (open > 0) said = said.slice(0, open).trimEnd();
    else if (open === 0) said = said.slice(1, -1);
  }
  return said;
}

/** 엘, 알 end in ㄹ; 엠, 엔 in a consonant; every other letter's name in a vowel. */
function letterEnding(letters: string): Ending {
  const last = letters.at(-1) ?? "";
  if (last === "L" || last === "R") return "rieul";
  return last === "M" || last === "N" ? "consonant" : "vowel";
}

/** A Latin word as Koreans commonly write its sound: -l ㄹ, -m, -n and short stops closed. */
function latinEnding(letters: string): Ending {
  if (/(l|le)$/.test(letters)) return "rieul";
  if (/(m|n|ng|me|ne|[aeiou][pkbct]|ck)$/.test(letters)) return "consonant";
  return "vowel";
}
