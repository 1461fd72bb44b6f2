import { errorV2 } from './errors.ts';
import { type Api, atOnce, post, resource } from './messages.ts';
import { agents } from './v2-agents.ts';
import { login, logoutall } from './v2-login.ts';
import { logout, validSessionId } from './v2-session.ts';
import { loginOAuth } from './v2-token-login.ts';

/** Version 2 of the API. Requests with credentials go to the login URL, all others to the server URL. */
export const v2: Api = {
  routes: [
    post('/ma/api/v2/user/login', atOnce(login)),
    post('/ma/api/v2/user/loginOAuth', loginOAuth),
    post('/ma/api/v2/user/logoutall', atOnce(logoutall)),
    post('/saas/api/v2/user/logout', atOnce(logout)),
    post('/saas/api/v2/user/validSessionId', atOnce(validSessionId)),
    resource('/saas/api/v2/agent', { GET: atOnce(agents) }),
  ],
  error: errorV2,
};
