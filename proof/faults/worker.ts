import { handOver } from '../apart.ts';
import { playGroup } from './in-process.ts';

await handOver(playGroup);
