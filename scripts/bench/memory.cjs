// Preloaded into what is measured: writes the process's peak memory, in kB, to the file BENCH_MEMORY.
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.BENCH_MEMORY, String(peak())));

/** On Linux `maxRSS` begins with the memory of the process that started this one; VmHWM does not. */
function peak() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
