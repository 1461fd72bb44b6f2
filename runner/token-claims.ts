import { randomUUID } from 'node:crypto';

/** Claims by name. `undefined` removes a claim. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claims of a deployment job's token, from GitHub's page "OpenID Connect reference": `sub` with the ids of owner
 * and repository, a unique `jti`, valid for 5 minutes and some minutes before it was issued.
 */
export function githubClaims(issuer: string, audience: string, nowMs: number): Claims {
  const iat = Math.floor(nowMs / 1000);
  const repository = 'octo-org/data-pipelines';
  const ref = 'refs/heads/main';
  return {
    jti: randomUUID(),
    sub: 'repo:octo-org@1234567/data-pipelines@7654321:environment:prod',
    aud: audience,
    ref,
    sha: 'f0e1d2c3b4a5968778695a4b3c2d1e0f00112233',
    repository,
    repository_owner: 'octo-org',
    run_id: '1357924680',
    run_number: '10',
    run_attempt: '1',
    repository_visibility: 'private',
    repository_id: '7654321',
    repository_owner_id: '1234567',
    actor_id: '42',
    actor: 'octocat',
    workflow: 'deploy',
    head_ref: '',
    base_ref: '',
    event_name: 'push',
    ref_protected: 'true',
    ref_type: 'branch',
    workflow_ref: `${repository}/.github/workflows/deploy.yml@${ref}`,
    workflow_sha: 'f0e1d2c3b4a5968778695a4b3c2d1e0f00112233',
    job_workflow_ref: `${repository}/.github/workflows/deploy.yml@${ref}`,
    job_workflow_sha: 'f0e1d2c3b4a5968778695a4b3c2d1e0f00112233',
    environment: 'prod',
    runner_environment: 'github-hosted',
    iss: issuer,
    nbf: iat - 600,
    exp: iat + 300,
    iat,
  };
}
