import type {SentinelLogin} from '../url.ts'

/** How to log in to sentinels, as the environment says; a URL takes precedence, name and password together. */
export function sentinelLoginOf(env: NodeJS.ProcessEnv): SentinelLogin {
  return {username: env.QTOOL_SENTINEL_USER, password: env.QTOOL_SENTINEL_PASSWORD}
}

/** The login of a URL, or else that of the environment. */
export function chosenLogin(ofUrl: SentinelLogin = {}, ofEnvironment: SentinelLogin = {}): SentinelLogin {
  return ofUrl.username === undefined && ofUrl.password === undefined ? ofEnvironment : ofUrl
}
