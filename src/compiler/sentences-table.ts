/**
 * The sentences: one template a form, both languages side by side so that they say the same.
 * The wording is the project's own. Figures and names are placeholders bound to the policy
 * (template.ts says how they are written); a digit in a template is a fault a test finds.
 */
import type { PromiseForm } from "./promise.ts";
import type { Words } from "./words.ts";

export const SENTENCES = {
  "scope/people": {
    ko: "이 방침은 {service:이} 정보를 다루는 모든 사람({people})에게 똑같이 적용됩니다.",
    en: "This policy applies in the same way to everyone whose data {service} handles: {people}.",
  },
  "scope/headings": {
    ko: "이 방침은 {count}개 조로 되어 있고, 차례에서 각 조로 바로 갈 수 있습니다.",
    en: "This policy has {count:article/articles}; the list of contents leads to each article.",
  },

  "collection/minimum_age": {
    ko: "만 {age}세 미만은 가입할 수 없습니다. 가입할 때 나이 확인에 답한 사실과 시각만 기록합니다.",
    en:
      "Nobody under {age} can sign up. We ask about your age and record only that you answered " +
      "and when.",
  },
  "collection/occasion": {
    ko: "{occasion} 때는[ 필수로 {required:을} 받고][ 선택으로 {optional:을} 받으며] 그 밖의 정보는 받지 않습니다.",
    en: "{occasion}:[ we require {required};][ you may add {optional};] we take nothing else.",
  },
  "collection/optional": {
    ko: "{optional:은} 비워 두어도 {occasion:을} 마칠 수 있고, 서비스에 아무 차이가 없습니다.",
    en: "You may leave {optional} empty: {occasion} still works and the service stays the same.",
  },
  "collection/isolated": {
    ko:
      "{occasion} 때는[ 필수로 {required:을} 받고][ 선택으로 {optional:을} 받으며] 그 밖의 정보는 받지 않습니다. 받은 정보는 다른 " +
      "정보와 합치지 않고 따로 둡니다.",
    en:
      "{occasion}:[ we require {required};][ you may add {optional};] we take nothing else. " +
      "What you give is kept apart and never merged with other records.",
  },
  "collection/automatic": {
    ko: "{occasion} 때 자동으로 생기는 정보는 {items}뿐입니다.",
    en: "{occasion}: nothing is recorded automatically except {items}.",
  },
  "collection/exclusive": {
    ko: "{items:은} {occasion} 때만 받고, 다른 때에는 받지 않습니다.",
    en: "We take {items} only for {occasion}, never at another time.",
  },
  "collection/same_as": {
    ko: "{occasion} 때는 {same} 때와 같은 항목만 받습니다. 이미 가진 정보는 또 저장하지 않습니다.",
    en:
      "{occasion}: we take the same items as for {same}. What we already hold is not stored " +
      "again.",
  },
  "collection/origin": {
    ko: "저장하는 정보마다 언제, 어떤 방법으로 받았는지 함께 적습니다. 받는 방법은 {methods}입니다.",
    en: "With each item we record when and how we got it. Ways it can reach us: {methods}.",
  },
  "collection/third_party_source": {
    ko: "{method:으로} 받은 정보에는 제공한 곳, 받은 날, 근거를 함께 적고, 물어보시면 출처를 알려 드립니다.",
    en:
      "Data that comes through {method} is stored with the name of its source, the day, and the " +
      "legal basis. Ask us and we tell you the source.",
  },

  "purpose/bound": {
    ko: "정보는 {purposes}에만 씁니다. 다른 목적으로는 읽을 수 없게 막습니다.",
    en: "We use data only for {purposes}. Reading it for any other purpose is refused.",
  },
  "purpose/use": {
    ko: "{purpose:을} 위해[ {tasks}에] 정보를 씁니다.",
    en: "We use data for {purpose}[: {tasks}].",
  },
  "purpose/consent": {
    ko: "{purpose}[({tasks})]에는 따로 동의한 사람의 정보만 쓰고, 동의를 거두면 멈춥니다.",
    en:
      "We use data for {purpose}[ ({tasks})] only if you agreed to it separately, and stop when " +
      "you withdraw your agreement.",
  },
  "purpose/confirm_withdrawal": {
    ko: "탈퇴는 {task:을} 마치고 그 사실을 기록한 뒤에만 처리합니다.",
    en: "We carry out a withdrawal only after {task}, and record that this was done.",
  },
  "purpose/keep_for_dispute": {
    ko: "‘{task}’에 따라 남긴 기록은 분쟁을 다룰 때만 열어 봅니다.",
    en: "Records that serve “{task}” are opened only to deal with a dispute.",
  },

  "provision/scope": {
    ko: "개인정보는 [제{article}조에 ]적은 목적 안에서만 씁니다.",
    en: "We use personal data only within the purposes stated[ in article {article}].",
  },
  "provision/beyond_scope": {
    ko: "그 범위를 넘는 이용은 미리 받은 동의가 기록에 있을 때만 하고, 없으면 막습니다.",
    en: "Any use beyond them is blocked unless your prior consent to that use is on record.",
  },
  "provision/default": {
    ko: "여기에 적은 경우가 아니면 개인정보를 제3자에게 주지 않습니다.",
    en: "Personal data does not go to third parties, except as stated here.",
  },
  "provision/exception_consent": {
    ko: "공개나 제공에 본인이 미리 동의했다면 동의한 만큼만 제공합니다.",
    en:
      "If you agreed beforehand to publication or provision, we provide what you agreed to and " +
      "no more.",
  },
  "provision/exception_authority": {
    ko: "법령이 정했거나 수사·감독 기관이 법이 정한 절차대로 요구하면 제공합니다. 요구한 문서를 먼저 등록해야 내보낼 수 있습니다.",
    en:
      "We provide data when a statute says so or an investigating or supervisory authority " +
      "demands it by the procedure the law sets. The demand is registered before anything is " +
      "released.",
  },
  "provision/exception_statistics": {
    ko: "통계, 학술 연구, 시장 조사에는 누구의 정보인지 알아볼 수 없는 형태로만 제공합니다.",
    en:
      "For statistics, academic research, and market research we provide data only in a form in " +
      "which nobody can be identified.",
  },
  "provision/recipient": {
    ko: "{recipient}에는 {purpose:을} 위해 {items:을} 제공하고, 받은 곳은 {keep} 동안 보관합니다.",
    en: "{recipient} receives {items} for {purpose}, and keeps this data for {keep}.",
  },
  "provision/otherwise": {
    ko: "그 밖에 제공이 필요하면 받는 곳, 목적, 항목, 기간을 먼저 알리고 동의를 받은 뒤에만 제공합니다.",
    en:
      "If any other provision is needed, we first tell you who receives what, why, and for how " +
      "long, and provide it only with your consent.",
  },
  "provision/recorded": {
    ko: "제공할 때마다 받는 곳, 목적, 항목, 날짜, 근거를 기록합니다.",
    en: "Every provision is recorded with recipient, purpose, items, day, and legal basis.",
  },

  "processor/closed_list": {
    ko: "정보 처리를 맡긴 곳은 {count}곳입니다[: {processors}]. 이 밖의 곳에는 맡기지도 보내지도 않습니다.",
    en:
      "{count:company processes/companies process} data for us[: {processors}]. No other company " +
      "does.",
  },
  "processor/work": {
    ko: "{processors}에는 {works} 업무에 필요한 정보만 보냅니다.[ {also_by:은} 표에 적은 대로 {also} 업무도 맡습니다.]",
    en:
      "We give data to {processors} only for {works}[; to {also_by} also for {also}, as the " +
      "table shows].",
  },
  "processor/work_with_consent": {
    ko:
      "{processors}에는 {works} 업무에 필요한 정보만 보내고, 그것도 그 이용에 동의한 사람의 것만 보냅니다." +
      "[ {also_by:은} 표에 적은 대로 {also} 업무도 맡습니다.]",
    en:
      "We give data to {processors} only for {works}, and only data of people who agreed to that " +
      "use[; to {also_by} also for {also}, as the table shows].",
  },
  "processor/until": {
    ko: "수탁자[({processors})]에게 맡긴 정보는 {events}[ {earlier}] 때 지우게 하고, 지웠다는 확인을 받습니다.",
    en:
      "Our processors[ (here: {processors})] must erase what they hold for us upon {events:or}[, " +
      "{earlier}], and confirm to us that they did.",
  },
  "processor/needed_items": {
    ko: "수탁자에게는 맡긴 업무에 필요한 항목만 보냅니다. 항목은 표에 있습니다.",
    en: "Processors get only the items their work needs. The table lists them.",
  },

  "retention/purpose_achieved": {
    ko: "목적을 이룬 정보는 바로 파기합니다.[ 늦어도 {grace} 안에 마칩니다.]",
    en:
      "Once its purpose is achieved, data is destroyed without delay[, within {grace} at the " +
      "latest].",
  },
  "retention/on_request": {
    ko: "지워 달라고 하면 바로 파기합니다.[ 늦어도 {grace} 안에 마칩니다.] 이 조에 보관 기간을 적은 기록만 남습니다.",
    en:
      "When you ask us to, we destroy your data without delay[, within {grace} at the " +
      "latest]. Only records with a period in this article remain.",
  },
  "retention/row": {
    ko: "{record:은} {from}[ {later}]부터 [{limit} ]{period} 동안 보관하고 파기합니다. 근거는 {basis}입니다.",
    en:
      "We keep {record} for [{limit} ]{period} from {from}[, {later}], and no longer. Basis: " +
      "{basis}.",
  },
  "retention/row_by_law": {
    ko: "{record:은} {from}[ {later}]부터 [{limit} ]{period} 동안 보관하고 파기합니다. 근거 법령: {statute}.",
    en:
      "We keep {record} for [{limit} ]{period} from {from}[, {later}], and no longer. Required " +
      "by: {statute}.",
  },
  "retention/statutory_use": {
    ko: "법령 때문에 남긴 기록은 그 보관에만 쓰고 다른 데에는 쓰지 않습니다.",
    en: "Records that we keep because a statute demands it are used for nothing else.",
  },
  "retention/no_default": {
    ko: "이 조에 기간이 없는 정보는 목적이 끝난 뒤에 남기지 않습니다.",
    en: "Data without a period in this article is not kept beyond its purpose.",
  },

  "destruction/separate_database": {
    ko: "목적을 이룬 뒤에도 보관해야 하는 정보는 따로 둔 데이터베이스로 옮깁니다.",
    en: "Data that must be kept after its purpose is achieved moves to a separate database.",
  },
  "destruction/separate_cabinet": {
    ko: "보관해야 하는 종이 문서는 따로 둔 서류함으로 옮깁니다.",
    en: "Paper that must be kept moves to a separate cabinet.",
  },
  "destruction/after_period": {
    ko: "보관하는 정보는 [제{article}조의 ]기간이 끝나면 파기합니다.",
    en: "What is kept is destroyed when its period[ in article {article}] ends.",
  },
  "destruction/no_other_use": {
    ko: "따로 옮긴 정보는 보관만 하고, 법률이 요구하는 경우가 아니면 쓰지 않습니다.",
    en: "Data kept apart is only stored. It is not used unless a statute demands it.",
  },
  "destruction/paper": {
    ko: "종이에 적힌 정보는 {methods:또는} 방법으로 파기합니다.",
    en: "Data on paper is destroyed by {methods:or}.",
  },
  "destruction/electronic": {
    ko: "전자 파일은 기록을 되살릴 수 없는 기술로 지웁니다.",
    en:
      "Electronic files are deleted by a technique after which the record cannot be brought " +
      "back.",
  },

  "right/channels": {
    ko: "{channels} 가운데 편한 방법으로 {who:또는} 앞으로 요청할 수 있고, 어느 방법이든 똑같이 처리합니다.",
    en:
      "You can send a request to the {who:or} by {channels:or}. Whichever you use, it is " +
      "handled alike.",
  },
  "right/access": {
    ko: "회사가 가진 내 정보를 보여 달라고 요청할 수 있습니다.",
    en: "You can ask to see the data we hold on you.",
  },
  "right/correction": {
    ko: "틀린 정보를 고쳐 달라고 요청할 수 있습니다.",
    en: "You can ask us to correct wrong data.",
  },
  "right/withdrawal": {
    ko: "탈퇴를 요청할 수 있습니다. 계정 화면뿐 아니라 위의 모든 방법으로 할 수 있습니다.",
    en: "You can ask to leave the service, not only on the account page but in every way above.",
  },
  "right/erasure": {
    ko: "내 정보를 지워 달라고 요청할 수 있습니다.",
    en: "You can ask us to erase your data.",
  },
  "right/suspension": {
    ko: "내 정보의 처리를 멈춰 달라고 요청할 수 있습니다.",
    en: "You can ask us to stop processing your data.",
  },
  "right/consent_withdrawal": {
    ko: "한 동의는 언제든지 거둘 수 있습니다.",
    en: "You can withdraw any consent at any time.",
  },
  "right/portability": {
    ko: "내 정보를 다른 곳에서 쓸 수 있는 형식으로 받거나 보내 달라고 요청할 수 있습니다.",
    en: "You can ask for your data in a form you can use elsewhere, or have it sent there.",
  },
  "right/objection": {
    ko: "내 정보를 쓰는 일이나 자동화된 결정에 반대할 수 있습니다.",
    en: "You can object to a use of your data and to automated decisions.",
  },
  "right/correction_restricts": {
    ko: "정정을 요청하면 정정이 끝날 때까지 그 정보를 쓰지도 제공하지도 않습니다.",
    en:
      "From your correction request until it is settled, we neither use nor provide the data in " +
      "question.",
  },
  "right/correction_notifies": {
    ko: "틀린 정보를 이미 제3자에게 주었다면 고친 결과를 바로 알려 그곳에서도 고치게 합니다.",
    en:
      "If wrong data has already gone to a third party, we tell it the result without delay so " +
      "that it corrects the data too.",
  },
  "right/deleted_not_used": {
    ko: "요청에 따라 해지하거나 지운 정보는 [제{article}조대로 ]처리하고, 그 밖의 이유로는 보거나 쓸 수 없게 합니다.",
    en:
      "Data cancelled or deleted at your request is handled[ under article {article}] and can " +
      "be neither viewed nor used otherwise.",
  },
  "right/access_channel": {
    ko: "열람은 {channel:으로} 신청할 수 있습니다.[ 신청하는 곳: {at}]",
    en: "You can ask for access by {channel}[: {at}].",
  },
  "right/identity_first": {
    ko: "접수, 본인 또는 대리인 확인, 전달의 차례로 처리합니다. 확인이 끝나기 전에는 아무 정보도 내보내지 않습니다.",
    en:
      "A request is received, then we check that you are the person or the representative, then " +
      "we deliver. Nothing leaves before the check has passed.",
  },
  "right/representative": {
    ko: "법정대리인도 요청할 수 있습니다. 대리 관계를 증명해야 받아들입니다.",
    en: "A legal representative can act for you, with proof of the relationship.",
  },
  "right/scope_own_data": {
    ko: "요청할 수 있는 것: 회사가 가진 본인의 개인정보.",
    en: "You can ask about: your personal data that we hold.",
  },
  "right/scope_use_and_provision": {
    ko: "요청할 수 있는 것: 그 정보를 어떻게 썼고 누구에게 제공했는지.",
    en: "You can ask about: how we used your data and to whom we provided it.",
  },
  "right/scope_consents": {
    ko: "요청할 수 있는 것: 수집, 이용, 제공에 대해 무엇에 동의했는지.",
    en: "You can ask about: what you agreed to in collection, use, and provision.",
  },

  "duty/keep_current": {
    ko: "내 정보는 언제든지 고칠 수 있습니다. 최신으로 유지해 주십시오.",
    en: "You can update your data at any time. Please keep it current.",
  },
  "duty/change_password": {
    ko: "비밀번호를 바꿀 때가 되면 알려 드립니다. 그때마다 바꿔 주십시오.",
    en: "We tell you when it is time to change your password. Please do so each time.",
  },
  "duty/no_transfer": {
    ko: "아이디와 비밀번호는 남에게 넘기거나 빌려줄 수 없습니다. 함께 쓰는 듯하면 확인하되 자동으로 제재하지 않습니다.",
    en:
      "An ID and its password may not be handed over or lent. Signs of sharing are looked into; " +
      "nothing is punished automatically.",
  },
  "duty/log_out": {
    ko: "이용을 마치면 로그아웃해 주십시오. 로그아웃하면 서버에서도 접속이 끝납니다.",
    en: "Please log out when you are done. Logging out ends your session on the server too.",
  },
  "duty/disclaimer": {
    ko: "이 방침은 본인의 부주의나 인터넷 문제로 생긴 유출을 책임지지 않는다고 합니다. 그러나 이를 이유로 민원을 닫거나 유출 통지를 거르지 않습니다.",
    en:
      "This policy disclaims liability for leaks caused by your own carelessness or by the " +
      "internet. We never use that as a reason to close a complaint or to skip a breach notice.",
  },

  "cookie/uses": {
    ko: "쿠키는 {uses}에 씁니다.",
    en: "We use cookies for {uses}.",
  },
  "cookie/not_identifying": {
    ko: "쿠키로 누구인지 알 수 있는 정보를 자동으로 모으지 않습니다.",
    en: "Cookies do not automatically gather information that identifies you.",
  },
  "cookie/refusable": {
    ko: "쿠키는 언제든지 거부하거나 지울 수 있습니다.",
    en: "You can refuse or delete cookies at any time.",
  },
  "cookie/levels": {
    ko: "쿠키는 {levels} 가운데 고를 수 있습니다.",
    en: "You choose what happens with cookies: {levels:or}.",
  },
  "cookie/refusal_harmless": {
    ko: "쿠키를 거부하면 조금 불편할 수 있지만 로그인, 권리 행사, 탈퇴는 그대로 할 수 있습니다.",
    en:
      "Without cookies some things may be harder, but you can still sign in, use your rights, " +
      "and leave.",
  },
  "cookie/analysis": {
    ko: "쿠키로 살펴보는 것은 {analysis}뿐입니다.[ {purposes}에만 씁니다.]",
    en: "With cookies we look only at {analysis}[, and only for {purposes}].",
  },
  "cookie/guide": {
    ko: "{guides}에서는 설정의 개인정보 항목에서 쿠키를 허용하거나 막을 수 있습니다.",
    en: "In {guides} you can allow or block cookies under privacy in the settings.",
  },

  "safeguard/backup": {
    ko: "자료를 자주 백업합니다.[ 적어도 {every}마다 합니다.]",
    en: "We back data up often[, at least every {every}].",
  },
  "safeguard/antivirus": {
    ko: "최신 백신 프로그램을 씁니다.",
    en: "We run up-to-date malware protection.",
  },
  "safeguard/encrypted_transfer": {
    ko: "네트워크로 보내는 정보는 암호화합니다.",
    en: "Data sent over networks is encrypted.",
  },
  "safeguard/intrusion_blocking": {
    ko: "침입 차단 시스템으로 바깥의 접근을 통제합니다.",
    en: "An intrusion-blocking system controls access from outside.",
  },
  "safeguard/limited_handlers": {
    ko: "개인정보는 맡은 사람만 다룹니다.",
    en: "Only the people in charge handle personal data.",
  },
  "safeguard/handler_passwords": {
    ko: "개인정보를 다루는 사람마다 비밀번호를 따로 씁니다.",
    en: "Everyone who handles personal data has a password of their own.",
  },
  "safeguard/password_renewal": {
    ko: "다루는 사람의 비밀번호는 정기적으로 바꿉니다.[ 적어도 {every}마다 바꿉니다.]",
    en: "The passwords of those who handle data are renewed regularly[, at least every {every}].",
  },
  "safeguard/training": {
    ko: "개인정보를 다루는 사람을 수시로 교육합니다.[ 적어도 {every}마다 합니다.]",
    en: "People who handle personal data are trained from time to time[, at least every {every}].",
  },
  "safeguard/handover": {
    ko: "업무를 넘길 때 앞사람의 권한은 뒷사람의 권한이 시작되기 전에 끝내고, 그 기록을 남깁니다.",
    en:
      "At a handover the old holder’s access ends before the new holder’s begins, and this is " +
      "recorded.",
  },
  "safeguard/joining_and_leaving": {
    ko: "직원이 입사한 뒤와 퇴사한 뒤에 생긴 사고의 책임을 분명히 정합니다. 퇴사하면 권한을 거두고 계속 지킬 의무를 확인받습니다.",
    en:
      "It is settled who answers for incidents after an employee joins and after one leaves. On " +
      "leaving, access is revoked and the continuing duty acknowledged.",
  },
  "safeguard/security_pledge": {
    ko: "모든 직원이 입사할 때 보안서약서에 서명합니다.",
    en: "Every employee signs a security pledge on joining.",
  },
  "safeguard/privacy_body": {
    ko: "개인정보를 보호하는 전담 조직이 이 방침과 직원의 의무가 지켜지는지 살핍니다.",
    en: "A privacy body checks that this policy and the duties of staff are carried out.",
  },
  "safeguard/immediate_correction": {
    ko: "문제가 드러나면 바로 고칩니다.",
    en: "A problem that is found is corrected at once.",
  },

  "contact/shown": {
    ko: "개인정보 보호책임자: {officer}, {title}. 전화 {phone}, 이메일 {email}.[ 담당 부서: {department}.]",
    en:
      "Privacy officer: {officer}, {title}. Phone {phone}, e-mail {email}.[ Department in " +
      "charge: {department}.]",
  },
  "contact/complaints": {
    ko: "개인정보에 관한 불만과 신고는 무엇이든 {who:또는} 앞으로 낼 수 있습니다.",
    en: "You can bring any privacy complaint to the {who:or}.",
  },
  "contact/prompt_answer": {
    ko: "신고에는 빠르고 충분하게 답합니다.[ {within} 안에 첫 답을 드립니다.]",
    en: "Each complaint gets a prompt and sufficient answer[, the first within {within}].",
  },
  "contact/agencies": {
    ko: "다른 기관에 신고하거나 상담하려면 {agencies}에 연락할 수 있습니다.",
    en: "Agencies you can also turn to: {agencies}.",
  },

  "link/outside": {
    ko: "{service:이} 연결한 다른 사이트의 정보 수집에는 이 방침이 적용되지 않습니다. 밖으로 나가는 링크에는 그렇게 표시합니다.",
    en:
      "This policy does not cover what is collected by other sites that {service} links to. " +
      "Links that lead out say so.",
  },

  "notice/ordinary": {
    ko: "방침에 더하거나 빼거나 고치는 것이 있으면 늦어도 시행 {period} 전에 공지사항으로 알립니다.",
    en:
      "We announce every addition, deletion, and change on the notices page at least {period} " +
      "before it takes effect.",
  },
  "notice/important": {
    ko: "수집, 이용, 제공처럼 권리에 중요한 변경은 늦어도 시행 {period} 전에 알립니다.",
    en:
      "We announce a change that matters to your rights, such as one in collection, use, or " +
      "provision, at least {period} before it takes effect.",
  },
  "notice/dates": {
    ko: "공고한 날은 {announced}, 시행하는 날은 {effective}입니다.",
    en: "Announced on {announced}, in force from {effective}.",
  },
  "notice/past_texts": {
    ko: "지난 방침도 그때의 글 그대로 볼 수 있습니다. 동의는 동의한 때의 방침을 따릅니다.",
    en:
      "Past versions can be read as they were. A consent refers to the version it was given " +
      "under.",
  },
} as const satisfies Readonly<Record<PromiseForm, Words>>;
