import {hostname, userInfo} from 'node:os'

/** The user and machine that run this, as `user@host`; userInfo throws when the user id has no name, as in many containers. */
export function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `uid ${process.getuid?.() ?? '?'}@${hostname()}`
  }
}
