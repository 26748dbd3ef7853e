import {expandProfile, findProfile, profilePath, readProfiles} from '../config/profiles.ts'
import {hasPassword} from '../config/secrets.ts'
import {resolveSettings, type SettingFlags, type Settings} from '../config/settings.ts'
import {type TlsFiles, tlsFilesOf} from '../redis/tls-files.ts'
import {readStack} from '../stack/state.ts'

/**
 * Settings from flags, environment, profile and the running local stack, and the files for TLS to Redis.
 * @param words the command line
 * @param note tells the user what is not as it should be
 * @throws QtoolError (usage)
 */
export async function readSettings(
  flags: SettingFlags,
  words: string[],
  note: (text: string) => void,
): Promise<{settings: Settings; tlsFiles: TlsFiles}> {
  const {env} = process
  const book = await readProfiles(profilePath(env))
  const name = flags.profile ?? (env.QTOOL_PROFILE || book.current)
  const profile = name ? expandProfile(findProfile(book, name), env) : undefined
  for (const flag of ['redis-url', 'database-url'] as const) {
    const url = flags[flag] ?? ''
    // A worker process gets the URL from its parent through the environment, not its command line
    if (hasPassword(url) && words.some((word) => word.includes(url))) {
      note(
        `--${flag} holds a password, and command lines are visible to other users; use an environment variable or a profile`,
      )
    }
  }
  const settings = resolveSettings({flags, env, profile, stack: await readStack(env)})
  return {settings, tlsFiles: filesFor(settings, note)}
}

/** The local stack is not what files in the environment are for, so that they are not a mistake beside it. */
function filesFor({redisUrl}: Settings, note: (text: string) => void): TlsFiles {
  const files = tlsFilesOf(process.env)
  if (redisUrl?.source !== 'stack') return files
  if (Object.keys(files).length > 0) {
    note('the Redis of the local stack has no TLS, so the QTOOL_REDIS_ files for TLS are not used')
  }
  return {}
}
