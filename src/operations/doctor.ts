import {notABundle, readBundle, writeBundle} from '../doctor/bundle.ts'
import {type Diagnosis, diagnose} from '../doctor/diagnose.ts'
import {readFacts, type Sources} from '../doctor/read-facts.ts'
import {lookEvery, type Views} from './every.ts'

/**
 * Reads the facts of both servers and judges them.
 * @param bundle the file that the facts are written to, for `examineBundle`; none if left out
 */
export async function examine(sources: Sources, bundle?: string): Promise<Diagnosis> {
  const facts = await readFacts(sources)
  if (bundle !== undefined) await writeBundle(bundle, facts)
  return diagnose(facts)
}

/** Judges facts that were read elsewhere. @throws QtoolError (usage) for a file that holds none */
export async function examineBundle(path: string): Promise<Diagnosis> {
  const facts = await readBundle(path)
  try {
    return diagnose(facts)
  } catch (error) {
    // The form of a bundle is checked only as far as checks of one part do not know more of it
    if (error instanceof TypeError) throw notABundle(path, `it cannot be judged: ${error.message}`)
    throw error
  }
}

/** Reads and judges every so often, until the signal is aborted. */
export async function watchHealth(sources: Sources, views: Views<Diagnosis>): Promise<void> {
  await lookEvery(sources.signal, views, () => examine(sources))
}
