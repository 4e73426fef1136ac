/** Every command there is, in the order in which a person meets them. */
import { backupCommand } from "./backup-command.ts";
import { certificateCommand } from "./certificate-command.ts";
import { checkCommand } from "./check-command.ts";
import type { Command } from "./command.ts";
import { custodianCommand } from "./custodian-command.ts";
import { diffCommand } from "./diff-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { holdCommand } from "./hold-command.ts";
import { keepCommand } from "./keep-command.ts";
import { keeperCommand } from "./keeper-command.ts";
import { logCommand } from "./log-command.ts";
import { paperCommand } from "./paper-command.ts";
import { processorCommand } from "./processor-command.ts";
import { promisesCommand } from "./promises-command.ts";
import { provideCommand } from "./provide-command.ts";
import { renderCommand } from "./render-command.ts";
import { restoreCommand } from "./restore-command.ts";
import { staffCommand } from "./staff-command.ts";
import { typesCommand } from "./types-command.ts";
import { verifyLogCommand } from "./verify-log-command.ts";
import { withdrawCommand } from "./withdraw-command.ts";

export const COMMANDS: readonly Command[] = [
  checkCommand,
  renderCommand,
  diffCommand,
  promisesCommand,
  typesCommand,
  keepCommand,
  withdrawCommand,
  holdCommand,
  certificateCommand,
  paperCommand,
  processorCommand,
  provideCommand,
  staffCommand,
  keeperCommand,
  custodianCommand,
  backupCommand,
  restoreCommand,
  logCommand,
  verifyLogCommand,
  doctorCommand,
];
