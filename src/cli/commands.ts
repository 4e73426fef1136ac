/** Every command there is, in the order in which a person meets them. */
import { backupCommand } from "./backup-command.ts";
import { checkCommand } from "./check-command.ts";
import type { Command } from "./command.ts";
import { custodianCommand } from "./custodian-command.ts";
import { diffCommand } from "./diff-command.ts";
import { doctorCommand } from "./doctor-command.ts";
import { keepCommand } from "./keep-command.ts";
import { keeperCommand } from "./keeper-command.ts";
import { logCommand } from "./log-command.ts";
import { promisesCommand } from "./promises-command.ts";
import { renderCommand } from "./render-command.ts";
import { restoreCommand } from "./restore-command.ts";
import { typesCommand } from "./types-command.ts";
import { verifyLogCommand } from "./verify-log-command.ts";

export const COMMANDS: readonly Command[] = [
  checkCommand,
  renderCommand,
  diffCommand,
  promisesCommand,
  typesCommand,
  keepCommand,
  keeperCommand,
  custodianCommand,
  backupCommand,
  restoreCommand,
  logCommand,
  verifyLogCommand,
  doctorCommand,
];
