import {QtoolError} from '../errors.ts'
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

/** The error for a client that is not there. @param packages names of the package that has it, on Debian and elsewhere */
export function noClient(name: string, packages: string, instead: string): QtoolError {
  return new QtoolError(`${name} is not installed`, {
    code: 'NO_CLIENT',
    suggestions: [packages, instead],
  })
}
