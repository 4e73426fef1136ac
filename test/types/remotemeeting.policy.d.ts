// Names of the policy "remotemeeting" in force from 2021-01-28.
// Written by `jikim types`; write it again when the policy changes.
export interface RemotemeetingPolicy {
  readonly policy: "remotemeeting";
  readonly occasions: {
    readonly sign_up: {
      readonly requires:
        | "company_id"
        | "country"
        | "email"
        | "name"
        | "password"
        | "user_id";
      readonly offers:
        | "company_name"
        | "phone";
      readonly declares: "age_14_or_over";
      readonly consents:
        | "marketing"
        | "terms";
      readonly methods: "sign_up";
    };
    readonly event_entry: {
      readonly requires:
        | "address"
        | "email"
        | "name"
        | "phone"
        | "postcode";
      readonly offers: never;
      readonly declares: never;
      readonly consents: "event_entry";
      readonly methods:
        | "event"
        | "partner";
    };
    readonly service_use: {
      readonly requires: never;
      readonly offers:
        | "cookie"
        | "device"
        | "ip_private"
        | "ip_public"
        | "os"
        | "usage_record";
      readonly declares: never;
      readonly consents: never;
      readonly methods: "service_use";
    };
    readonly payment: {
      readonly requires: "payment_record";
      readonly offers:
        | "bank_account"
        | "card";
      readonly declares: never;
      readonly consents: never;
      readonly methods: "service_use";
    };
    readonly product_application: {
      readonly requires:
        | "company_id"
        | "country"
        | "email"
        | "name"
        | "password"
        | "user_id";
      readonly offers:
        | "company_name"
        | "phone";
      readonly declares: "age_14_or_over";
      readonly consents:
        | "marketing"
        | "terms";
      readonly methods: "sign_up";
    };
    readonly support_inquiry: {
      readonly requires:
        | "country"
        | "email"
        | "name"
        | "phone";
      readonly offers:
        | "company_id"
        | "company_name"
        | "inquiry_text"
        | "user_id";
      readonly declares: never;
      readonly consents: never;
      readonly methods:
        | "phone_fax"
        | "support_board";
    };
    readonly dispute: {
      readonly requires:
        | "email"
        | "inquiry_text"
        | "name";
      readonly offers: never;
      readonly declares: never;
      readonly consents: never;
      readonly methods:
        | "phone_fax"
        | "support_board";
    };
    readonly meeting: {
      readonly requires: "participant_name";
      readonly offers:
        | "meeting_chat"
        | "recording"
        | "shared_file";
      readonly declares: never;
      readonly consents: never;
      readonly methods: "service_use";
    };
    readonly subscription: {
      readonly requires: "contract_record";
      readonly offers: never;
      readonly declares: never;
      readonly consents: never;
      readonly methods: "service_use";
    };
    readonly rights_request: {
      readonly requires: "request_text";
      readonly offers: "identity_proof";
      readonly declares: never;
      readonly consents: never;
      readonly methods:
        | "phone_fax"
        | "support_board";
    };
    readonly consent_evidence: {
      readonly requires: never;
      readonly offers: "consent_record";
      readonly declares: never;
      readonly consents: never;
      readonly methods: "service_use";
    };
  };
  readonly purposes: {
    readonly contract:
      | "bank_account"
      | "card"
      | "company_id"
      | "company_name"
      | "contract_record"
      | "country"
      | "device"
      | "email"
      | "meeting_chat"
      | "name"
      | "os"
      | "participant_name"
      | "payment_record"
      | "phone"
      | "recording"
      | "shared_file"
      | "usage_record"
      | "user_id";
    readonly user_management:
      | "company_id"
      | "company_name"
      | "consent_record"
      | "contract_record"
      | "cookie"
      | "country"
      | "device"
      | "email"
      | "identity_proof"
      | "inquiry_text"
      | "ip_private"
      | "ip_public"
      | "name"
      | "os"
      | "payment_record"
      | "phone"
      | "request_text"
      | "usage_record"
      | "user_id";
    readonly improvement:
      | "device"
      | "os"
      | "usage_record";
    readonly marketing:
      | "address"
      | "email"
      | "name"
      | "phone"
      | "postcode";
  };
  readonly findable:
    | "company_id"
    | "email"
    | "phone"
    | "user_id";
  readonly matchable: "password";
}
