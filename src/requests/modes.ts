import { login } from './login.ts';
import { logout } from './logout.ts';
import { logoutall } from './logoutall.ts';
import type { Mode } from './mode.ts';

/** What `mode` can be. */
export const MODES = { login, logout, logoutall } as const satisfies Readonly<Record<string, Mode>>;
