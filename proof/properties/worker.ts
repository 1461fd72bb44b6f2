import { handOver } from '../apart.ts';
import { tryGroup } from './groups.ts';

await handOver(tryGroup);
