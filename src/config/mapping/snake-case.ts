/** `deviceId` → `device_id`, `HTTPServer` → `http_server`; undefined for a key that has no capital letter. */
export function snakeCase(key: string): string | undefined {
  if (!/\p{Lu}/u.test(key)) return undefined
  return key
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
}
