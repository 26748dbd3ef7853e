/** `binding`: what the workers of the queue have stored in Redis. */
export type SettingSource = 'flag' | 'environment' | 'profile' | 'stack' | 'binding' | 'default'

export interface Setting<T> {
  value: T
  source: SettingSource
}
