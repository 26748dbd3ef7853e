import type {Health} from '../server/probes.ts'
import {ApiError, get} from './api.ts'
import {poll} from './poll.ts'

/**
 * What the server says of both servers. One that is away is an answer here, and not an error: status 503 has a body like
 * 200. @throws ApiError
 */
export async function readHealth(signal: AbortSignal): Promise<Health> {
  try {
    return await get<Health>('health', signal)
  } catch (error) {
    if (error instanceof ApiError && isHealth(error.body)) return error.body
    throw error
  }
}

/** Reads it now and then, for as long as the page is open. What cannot be read is told by others. */
export function watchHealth(onHealth: (health: Health) => void): void {
  poll((signal) => readHealth(signal).then(onHealth, () => {}))
}

function isHealth(body: unknown): body is Health {
  return typeof body === 'object' && body !== null && 'reasons' in body
}
