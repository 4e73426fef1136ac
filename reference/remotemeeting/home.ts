/** The front page. Its figures are read from the policy, so the page cannot promise anything else. */
import type { Compiled, Markup, Reader, UiLang } from "jikim";
import { count, html, periodInWords } from "jikim";
import { meetingWindow } from "./drawings.ts";

interface HomeWords {
  readonly title: string;
  readonly headline: string;
  readonly lead: string;
  readonly signUp: string;
  readonly me: string;
  readonly policy: string;
  readonly facts: string;
  readonly recording: string;
  readonly usage: string;
  readonly recipients: string;
  readonly places: string;
  readonly promises: (all: Markup, board: string) => Markup;
  readonly state: string;
}

const WORDS: Record<UiLang, HomeWords> = {
  ko: {
    title: "RemoteMeeting – 주소 하나로 만나는 화상회의",
    headline: "주소 하나로 만납니다",
    lead: "설치할 것이 없습니다. 회의 주소를 보내고, 받은 사람은 눌러서 들어옵니다. 회의가 끝나면 무엇이 언제 사라지는지도 미리 말씀드립니다.",
    signUp: "가입하기",
    me: "내 정보 보기",
    policy: "개인정보를 어떻게 다루는지 보기",
    facts: "남기는 것과 사라지는 날",
    recording: "녹화 파일은 길어도 여기까지 보관합니다",
    usage: "이용 기록은 이 기간이 지나면 파기합니다",
    recipients: "개인정보를 넘겨받는 제3자",
    places: "곳",
    promises: (all, board) =>
      html`처리방침의 ${all}개 문장을 실제 상태와 맞춰 보고, 결과를
        <a href="${board}">약속 점검표</a>에 공개합니다.`,
    state: "지금은 가입과 내 정보까지 써 볼 수 있습니다. 회의실은 아직 열지 않았습니다.",
  },
  en: {
    title: "RemoteMeeting – web meetings by one link",
    headline: "One link, and you are in the room",
    lead: "Nothing to install. Send the link; whoever gets it clicks and joins. And before you begin, we say what will be gone when.",
    signUp: "Sign up",
    me: "See my data",
    policy: "How we handle personal data",
    facts: "What stays, and the day it goes",
    recording: "Recordings are kept at most this long",
    usage: "Usage records are destroyed after this",
    recipients: "Third parties who receive personal data",
    places: "",
    promises: (all, board) =>
      html`We hold all ${all} sentences of our privacy policy against what is really there, and
        publish the result on the <a href="${board}">promise board</a>.`,
    state: "For now you can sign up and see your data. The meeting rooms are not open yet.",
  },
};

/** Title of the front page. */
export const homeTitle = (lang: UiLang): string => WORDS[lang].title;

/** The front page. */
export function homePage(compiled: Compiled, reader: Reader, signedIn: boolean): Markup {
  const words = WORDS[reader.lang];
  return html`<div class="home">
    <section class="hero">
      <div>
        <h1>${words.headline}</h1>
        <p class="lead">${words.lead}</p>
        <p class="acts">
          ${
            signedIn
              ? html`<a class="button" href="${reader.to("/me")}">${words.me}</a>`
              : html`<a class="button" href="${reader.to("/signup")}">${words.signUp}</a>`
          }
          <a href="${reader.to("/privacy")}">${words.policy}</a>
        </p>
        <p class="small soft">${words.state}</p>
      </div>
      ${meetingWindow()}
    </section>
    ${facts(compiled, reader)}
    <p class="promise-line">
      ${words.promises(html`<b class="figure">${count(compiled.promises.length)}</b>`, reader.to("/console/promises"))}
    </p>
  </div>`;
}

function facts({ plan, policy }: Compiled, { lang }: Reader): Markup {
  const words = WORDS[lang];
  const kept = (name: string): string | null => plan.clocks.get(name)?.keep ?? null;
  const recipients = Object.keys(policy.provision.recipients).length;
  const rows: readonly (readonly [string | null, string])[] = [
    [kept("recording"), words.recording],
    [kept("usage"), words.usage],
  ];
  return html`<section class="facts" aria-labelledby="facts">
    <h2 id="facts">${words.facts}</h2>
    <dl>
      ${rows.map(
        ([period, what]) =>
          period !== null &&
          html`<div>
            <dt>${what}</dt>
            <dd>${periodInWords(period, lang)}</dd>
          </div>`,
      )}
      <div>
        <dt>${words.recipients}</dt>
        <dd>${count(recipients)}${words.places}</dd>
      </div>
    </dl>
  </section>`;
}
