import { handOver } from '../apart.ts';
import { explore } from './explore.ts';

await handOver(explore);
