import {complain, say} from '../notices.ts'

/** Puts a text on the clipboard, character by character as it is. */
export async function copyText(text: string): Promise<void> {
  try {
    // Browsers offer it only over TLS and on this machine
    if (navigator.clipboard) await navigator.clipboard.writeText(text)
    else copyThroughField(text)
    say('copied')
  } catch {
    complain('the browser does not let this page copy; select the text and copy it')
  }
}

function copyThroughField(text: string): void {
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (!isCopied) throw new Error('refused')
}
