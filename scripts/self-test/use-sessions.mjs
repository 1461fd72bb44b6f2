// Checks both sessions of the job with the server. `mode: login` put their IDs into these variables.
const { SERVER_URL, SOURCE_USERNAME, TARGET_USERNAME, sessionId, uat_sessionId } = process.env;

for (const [userName, icToken] of [
  [SOURCE_USERNAME, sessionId],
  [TARGET_USERNAME, uat_sessionId],
]) {
  const answer = await fetch(`${SERVER_URL}/api/v2/user/validSessionId`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ '@type': 'validatedToken', userName, icToken }),
  });
  const { isValidToken } = await answer.json();
  console.log(`The session of ${userName} is ${isValidToken ? 'valid' : 'not valid'}.`);
  if (isValidToken !== true) process.exitCode = 1;
}
