import { handOver } from '../apart.ts';
import { playPart } from './in-process.ts';

await handOver(playPart);
