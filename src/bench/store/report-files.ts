import {writeFile} from 'node:fs/promises'
import {messageOf, usageError} from '../../errors.ts'
import {assertFileName} from '../../file-name.ts'
import {renderHtml} from '../../render/bench/html.ts'
import {renderMarkdown} from '../../render/bench/markdown.ts'
import type {BenchRun} from '../shape/run.ts'

/** Writes the requested reports. @returns their paths @throws QtoolError (usage) if one cannot be written */
export async function writeReports(
  runs: BenchRun[],
  {html, markdown}: {html?: string; markdown?: string},
): Promise<string[]> {
  const files: Array<[string, string]> = []
  if (markdown) files.push([markdown, renderMarkdown(runs)])
  if (html) files.push([html, renderHtml(runs)])
  for (const [path, text] of files) {
    assertFileName(path, 'the report', 'name a file for it')
    await writeFile(path, text).catch((error: unknown) => {
      throw usageError(`cannot write the report: ${messageOf(error)}`)
    })
  }
  return files.map(([path]) => path)
}
