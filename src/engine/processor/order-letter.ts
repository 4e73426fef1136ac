/** An order as a letter: what a person at the processor reads, with the signed order below. */
import type { OrderKind, OrderMessage, Signed } from "./protocol.ts";

export interface OrderLetter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const KO: Readonly<Record<OrderKind, string>> = {
  erase: "삭제해 주십시오",
  correct: "바른 값으로 고쳐 주십시오",
  restrict: "쓰거나 제공하지 말고 보관만 해 주십시오",
  return: "저희에게 돌려주고 남은 것을 삭제해 주십시오",
};
const EN: Readonly<Record<OrderKind, string>> = {
  erase: "please erase them",
  correct: "please correct them to the values in the order",
  restrict: "please store them only, and neither use nor provide them",
  return: "please return them to us and erase what is left",
};

/** Korean first, then English, then the order for a program. */
export function orderLetter(signed: Signed<OrderMessage>, to: string): OrderLetter {
  const { order, kind, reference, items, due } = signed.message;
  const list = items.join(", ");
  return Object.freeze({
    to,
    subject: `개인정보 처리 지시 / Order on personal data ${order}`,
    text: [
      `맡겨 드린 개인정보에 관한 지시입니다. 아래 참조번호로 보관하신 항목을 ${KO[kind]}.`,
      `  참조번호: ${reference}`,
      `  항목: ${list}`,
      `  기한: ${due}까지 답해 주십시오.`,
      "처리했으면 done, 보관한 것이 없으면 held_nothing, 다른 법에 따라 보관해야 하면",
      "retained_own_duty와 그 근거, 보관 마지막 날을 이 메일에 답해 주십시오.",
      "",
      `This is an order about personal data you process for us. Under this reference, ${EN[kind]}.`,
      `  Reference: ${reference}`,
      `  Items: ${list}`,
      `  Please answer by ${due}.`,
      "Answer done, held_nothing, or, where a statute makes you keep them, retained_own_duty with",
      "that statute and the last day.",
      "",
      JSON.stringify(signed),
      "",
    ].join("\n"),
  });
}
