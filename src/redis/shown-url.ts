import {maskUrl} from '../config/secrets.ts'

/** A Redis URL as people are shown it: without the password, and without the NAT map, which may name every node. */
export function shownRedisUrl(url: string): string {
  return maskUrl(url)
    .replace(/([?&])nat=[^&]*&?/, '$1')
    .replace(/[?&]$/, '')
}
