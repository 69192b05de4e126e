import { errorCode } from '#libs/tokens';

import type { CredentialsDiagnosis } from './aws-credentials-failure.ts';
import { messageOf, profileOf, type ChainAttempt } from './chain-attempt.ts';
import { stsDiagnosis } from './sts-diagnosis.ts';
import { tokenFileDiagnosis } from './token-file-diagnosis.ts';

const FILES = '~/.aws/config and ~/.aws/credentials, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE';

/** Why a profile that decides alone has no credentials: the SDK asks no further provider after it. */
export function decidingProfile(attempt: ChainAttempt): CredentialsDiagnosis {
  const provider = profileOf(attempt);
  const { error, reached } = attempt;
  const signIn = (command: string): string =>
    `${command} --profile ${attempt.env['AWS_PROFILE'] || 'default'}`;
  if (reached('credential-provider-sso - fromSSO'))
    return ssoDiagnosis(provider, messageOf(error), signIn('aws sso login'));
  if (reached('fromLoginCredentials')) {
    return {
      kind: 'refused',
      provider,
      call: 'the session of "aws login"',
      code: 'no valid session',
      remedy: `Sign in again: ${signIn('aws login')}`,
    };
  }
  if (reached('credential-provider-web-identity')) {
    return (
      tokenFileDiagnosis(provider, 'web_identity_token_file', error) ??
      stsDiagnosis('AssumeRoleWithWebIdentity', provider, error)
    );
  }
  if (/multi-factor/.test(messageOf(error))) {
    return {
      kind: 'configuration',
      provider,
      call: 'sts:AssumeRole',
      code: 'needs a second factor',
      remedy: 'The profile has mfa_serial, which a service cannot answer: use a role without it.',
    };
  }
  if (isSdkText(error)) return unusableProfile(provider, 'invalid');
  if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EACCES') {
    return { ...unusableProfile(provider, errorCode(error) ?? ''), call: 'reading its files' };
  }
  return stsDiagnosis('AssumeRole', provider, error);
}

/** Why a profile was passed over: the SDK went on to other providers, which had no credentials either. */
export function passedOverProfile(attempt: ChainAttempt): CredentialsDiagnosis | null {
  const { env, reached } = attempt;
  const provider = profileOf(attempt);
  const isMissing = reached('could not be found in shared credentials file');
  if (isMissing && env['AWS_PROFILE']) {
    return {
      kind: 'configuration',
      provider,
      call: 'looking for it',
      code: 'unknown profile',
      remedy: `No file has that profile. Check AWS_PROFILE and the names of profiles in ${FILES}.`,
    };
  }
  if (!isMissing && !reached('did not contain credential_process')) {
    return {
      kind: 'configuration',
      provider,
      call: 'its credential_process',
      code: 'no valid answer',
      remedy:
        'Run the command of credential_process by hand, as the user of this process: it must end with exit code 0 and ' +
        'print {"Version":1,"AccessKeyId","SecretAccessKey",…} that has not expired.',
    };
  }
  return env['AWS_PROFILE'] ? unusableProfile(provider, 'incomplete') : null;
}

function ssoDiagnosis(provider: string, message: string, command: string): CredentialsDiagnosis {
  const isRefused = /Forbidden|No access|AccessDenied/i.test(message);
  return {
    kind: 'refused',
    provider,
    call: isRefused ? 'sso:GetRoleCredentials' : 'the SSO session',
    code: isRefused ? 'no access' : 'expired or invalid',
    remedy: isRefused
      ? 'The signed-in user has no such role: check sso_account_id and sso_role_name of the profile, and the assignment in IAM Identity Center.'
      : `Sign in again: ${command}`,
  };
}

const unusableProfile = (provider: string, code: string): CredentialsDiagnosis => ({
  kind: 'configuration',
  provider,
  call: 'reading it',
  code,
  remedy:
    'It, or its source_profile, has no usable credentials: give it an access key, a role with source_profile or ' +
    `credential_source, sso_session or credential_process. The SDK reads ${FILES}.`,
});

/** Whether the SDK itself threw the error, and not a service. */
const isSdkText = (error: unknown): boolean =>
  error instanceof Error && error.name.endsWith('ProviderError') && !('$fault' in error);
