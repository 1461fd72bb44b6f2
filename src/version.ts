/** The version in package.json, which itself is not bundled. */
const VERSION = '1.0.0';

/** How the action names itself to the server. */
export const USER_AGENT = `informatica-cloud-session/${VERSION}`;
