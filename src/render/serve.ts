import type {Listening, ServeResult} from '../server/serve.ts'
import {plural} from './format.ts'

/** Where the server is, and how to get in. */
export function renderListening({url, madeToken}: Listening): string {
  const how = madeToken === undefined ? 'the token is that of QTOOL_TOKEN' : `token: ${madeToken}`
  return `serving ${url}; ${how}`
}

export function renderServed({url, cutOff}: ServeResult): string {
  const verb = cutOff === 1 ? 'was' : 'were'
  const lost = cutOff === 0 ? '' : `; ${plural(cutOff, 'request')} had not ended and ${verb} cut off`
  return `stopped serving ${url}${lost}`
}
