// Asks the ledger, when the post steps of all other actions are over, and stops the simulator.
import { readFileSync } from 'node:fs';

const { STATE_pid: pid, STATE_log: log, STATE_sessions: sessions, STATE_opened: opened } = process.env;

try {
  const { open, openedInAll } = await (await fetch(sessions)).json();
  console.log(`Opened in all: ${openedInAll}, still open: ${open.length}`);
  for (const line of readFileSync(log, 'utf8').split('\n')) if (line.includes(' -> ')) console.log(line);
  for (const { organization, username, api } of open) {
    fail(`A ${api} session of ${username} (${organization}) was left open.`);
  }
  // A job that opened none would leave none.
  if (openedInAll !== Number(opened)) fail(`${openedInAll} sessions were opened, not ${opened}.`);
} finally {
  process.kill(Number(pid));
}

function fail(text) {
  console.log(`::error::${text}`);
  process.exitCode = 1;
}
