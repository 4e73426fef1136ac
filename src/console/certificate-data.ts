/** The certificate for programs. */
import { dayOf } from "../base/calendar.ts";
import type { Certificate } from "../engine/destruction/certificate.ts";
import { DESTRUCTION_STATES } from "../engine/destruction/destruction-state.ts";

/** The certificate as data. The same facts as the page; times as ISO 8601. */
export function certificateData(certificate: Certificate, timeZone: string): object {
  const at = (ms: number | null): string | null =>
    ms === null ? null : new Date(ms).toISOString();
  return {
    run: certificate.run,
    kind: certificate.kind,
    state: certificate.state,
    records: certificate.records,
    destroyed_at: at(certificate.destroyedAt),
    destroyed_on:
      certificate.destroyedAt === null ? null : dayOf(certificate.destroyedAt, timeZone),
    policy: certificate.policy,
    policy_hash: certificate.policyHash,
    issued_at: at(certificate.issuedAt),
    confirmation:
      certificate.confirmation === null
        ? null
        : { by: certificate.confirmation.by, at: at(certificate.confirmation.at) },
    confirm_by: certificate.confirmBy,
    confirmation_overdue: certificate.confirmationOverdue,
    receipts: certificate.receipts.map(({ code, kind, at: ms }) => ({ code, kind, at: at(ms) })),
    lines: certificate.lines.map((line) => ({
      class: line.recordClass,
      last_day: line.lastDay,
      reason: line.reason,
      law: line.law,
      records: line.records,
      people: line.subjects,
      state: line.state,
      overdue: line.overdue,
      deadline: at(line.deadlineAt),
      irrecoverable: line.irrecoverable,
      steps: Object.fromEntries(
        DESTRUCTION_STATES.map((state) => [state, at(line.times[`${state}_at`])]),
      ),
      key_epoch: line.epoch,
      custodians: line.custodians,
      slots_sha256: line.slotsHash,
      weaknesses: line.weaknesses,
      look:
        line.look === null
          ? null
          : {
              at: at(line.look.at),
              by: line.look.by,
              examined: line.look.examined,
              found: line.look.found,
            },
    })),
  };
}
