import type {Interfaces} from '@oclif/core'
import {QtoolError, usageError} from '../errors.ts'
import {QtoolCommand} from './command.ts'
import {runClient} from './run-client.ts'

/** Which program was run, and how it ended. */
export interface ClientResult {
  client: string
  code: number
}

/** Base of the commands that hand over to the client of a server; what the client prints is the result. */
export abstract class ClientCommand extends QtoolCommand<ClientResult> {
  static override enableJsonFlag = false

  /**
   * Reads the flags of qtool, and the words for the client: those behind "--" as they stand, since oclif puts repeated
   * words beside each other, and those before it that are no flags.
   * @throws QtoolError (usage) for a flag of the client before "--"
   */
  protected async split<F extends Record<string, unknown>>(
    client: string,
    options: Interfaces.Input<F, Record<string, unknown>, Record<string, unknown>>,
  ): Promise<{flags: F; words: string[]}> {
    const [before, behind] = aroundDashes(this.argv)
    const {flags, raw} = await this.parse(options, before).catch((error: unknown) => {
      const [flag] = unknownFlags(error)
      if (flag === undefined) throw error
      throw usageError(
        `unknown flag ${flag}`,
        `what is for ${client} stands behind "--": qtool ${client} -- ${flag}`,
      )
    })
    const words = raw.flatMap((token) => (token.type === 'arg' ? [token.input] : []))
    return {flags, words: [...words, ...behind]}
  }

  /** @returns its exit code, which is that of qtool as well */
  protected async handOver(
    command: string,
    args: string[],
    env: Record<string, string>,
  ): Promise<ClientResult> {
    const code = await runClient(command, args, env)
    process.exitCode = code
    return {client: command, code}
  }
}

function aroundDashes(words: readonly string[]): [string[], string[]] {
  const at = words.indexOf('--')
  return at < 0 ? [[...words], []] : [words.slice(0, at), words.slice(at + 1)]
}

/** The flags that oclif does not know; none for another error. */
function unknownFlags(error: unknown): string[] {
  const isKnown = error instanceof Error && 'flags' in error && Array.isArray(error.flags)
  return isKnown ? (error.flags as unknown[]).map(String) : []
}

/** The error for a client that is not there. @param packages names of the package that has it, on Debian and elsewhere */
export function noClient(name: string, packages: string, instead: string): QtoolError {
  return new QtoolError(`${name} is not installed`, {
    code: 'NO_CLIENT',
    suggestions: [packages, instead],
  })
}
