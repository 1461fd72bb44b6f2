import { explore } from './explore.ts';

// Explores in a process of its own: `worker.ts TASK`, a task as JSON, prints what it found as JSON.
// Errors are part of many schedules, their stacks of none.
Error.stackTraceLimit = 0;
console.log(JSON.stringify(await explore(JSON.parse(process.argv[2] ?? ''))));
