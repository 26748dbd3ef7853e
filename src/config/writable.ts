import {QtoolError} from '../errors.ts'
import type {Settings} from './settings.ts'

/**
 * A profile protects the servers it names. Only both URLs given as flags of the same call override that, since an
 * environment variable may name the protected server again.
 * @throws QtoolError (refused) if the profile is read-only, or is a production profile that this call did not name.
 */
export function assertWritable(settings: Settings): void {
  const {profile} = settings
  const urls = [settings.redisUrl, settings.databaseUrl].filter((url) => url !== undefined)
  if (!profile || (urls.length > 0 && urls.every((url) => url.source === 'flag'))) return
  if (profile.mode === 'read-only') {
    throw new QtoolError(`profile "${profile.name}" is read-only, and this command writes`, {
      code: 'READ_ONLY',
      kind: 'refused',
      suggestions: ['name another profile with --profile'],
    })
  }
  if (profile.mode === 'production' && !profile.named) {
    throw new QtoolError(`profile "${profile.name}" is production, and this command writes`, {
      code: 'PRODUCTION',
      kind: 'refused',
      suggestions: [`add --profile ${profile.name} to confirm`],
    })
  }
}
