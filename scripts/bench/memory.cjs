// Preloaded into the measured script: writes the peak memory of the process, in kB, to the file BENCH_MEMORY.
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.BENCH_MEMORY, String(peak())));

/** VmHWM, because on Linux `maxRSS` also counts memory of the parent process. */
function peak() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
