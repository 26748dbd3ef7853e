#!/usr/bin/env node
import {existsSync} from 'node:fs'
import {quickAnswer} from './quick.js'

// A checkout that was linked by "npm install --global ." may not be built yet: npm can be told to run no scripts
if (!existsSync(new URL('../dist', import.meta.url))) await import('./setup.js')
const {endOnSignals, listenForBrokenOutput} = await import('../dist/cli/terminal.js')

/** Node's exit code for a program that ends while a top-level await is still pending. */
const UNSETTLED = 13

// Without this, such a defect would exit with 13 and print no message
process.on('exit', () => {
  if (process.exitCode !== UNSETTLED) return
  process.exitCode = 1
  const message = 'ended without a result, which is a defect of qtool'
  const error = {code: 'UNEXPECTED', message, suggestions: []}
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({error}, null, 2)}\n`)
  else process.stderr.write(`qtool: ${message}\n`)
})

/** Whether the flags ask for the help or the version of qtool itself. */
function isAnswered(flags) {
  return flags.some((flag) => ['--help', '-h', '--version', '-v'].includes(flag))
}

listenForBrokenOutput()
if (process.pid === 1) endOnSignals()
const [first, ...words] = process.argv.slice(2)
// What a shell asks while a person types is answered without oclif, and the connections of the answer are left open
if (first === 'complete') {
  const {answer} = await import('../dist/cli/completion/answer.js')
  const text = await answer(words)
  process.stdout.write(text, () => process.exit(0))
} else {
  // "qtool help work" is "qtool work --help", as users of other command lines expect
  if (first === 'help')
    process.argv.splice(2, Infinity, ...words.filter((word) => word !== '--help'), '--help')
  // "qtool" alone, or with nothing but flags, shows what there is
  else if ((first ?? '-').startsWith('-') && !isAnswered(process.argv.slice(2)))
    process.argv.splice(2, 0, 'queues')
  const answer = quickAnswer(process.argv.slice(2))
  if (answer === undefined) await import('../dist/cli/main.js')
  else process.stdout.write(answer)
}
