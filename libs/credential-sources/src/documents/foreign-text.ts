/** Texts that people store in place of a JSON document. The clause says what it is and what to do. */
const FORMS: readonly { readonly is: (text: string) => boolean; readonly clause: string }[] = [
  {
    is: (text) => /^(?:Bearer )?eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(text),
    clause: 'a bare token: store a local development token as {"accessToken":"…"}, as it was downloaded',
  },
  {
    is: (text) => text.startsWith('-----BEGIN '),
    clause: 'a key or a certificate by itself: store the whole document that contains it',
  },
  {
    is: isBase64OfDocument,
    clause: 'the base64 of a document: decode it once (base64 -d), and store the result',
  },
  {
    is: (text) => /^'+\s*\{/.test(text),
    clause:
      'a document between single quotes, which the shell of Windows keeps: store the file itself (file://…)',
  },
  {
    is: (text) => /^"?\{\s*\\+"/.test(text),
    clause: 'a document whose quotation marks are escaped: store it without the backslashes',
  },
  {
    is: (text) => /^\{\s*'/.test(text),
    clause: 'a document with single quotes in place of quotation marks, as Python prints it: store JSON',
  },
  {
    is: (text) => /^\{\s*[“”„«]/.test(text),
    clause: 'a document with typographic quotation marks, as a text processor makes them: download it again',
  },
  {
    is: (text) => /^\{\s*[A-Za-z_]\w*\s*:/.test(text),
    clause:
      'a document without its quotation marks, which PowerShell strips from arguments: store the file itself (file://…)',
  },
  {
    is: (text) => /^(?:export\s+)?[A-Za-z_]\w*=/.test(text),
    clause: 'a file of environment variables: store the JSON document that Adobe issued',
  },
  {
    is: (text) => /^(?:---\s|[A-Za-z_]\w*:\s)/.test(text),
    clause: 'YAML: store the JSON document that Adobe issued',
  },
  {
    is: (text) => /^(?:file:\/\/|~?\.{0,2}\/|[A-Za-z]:\\)[^\n]*$/.test(text) || /^[\w.-]+\.json$/.test(text),
    clause: 'the path of a file: store the content of that file (file://…)',
  },
  {
    is: (text) => /^(?:arn:|[a-z][\w+.-]*:\/\/)[^\s{]*$/.test(text),
    clause: 'a reference to a secret elsewhere: store the document itself',
  },
  {
    is: (text) => /^(?:\{\{|\$\{|<<|<%)/.test(text),
    clause: 'a placeholder that a tool left unreplaced: store the document itself',
  },
  {
    is: (text) => /^[0-9a-f]{2}(?:[ :]?[0-9a-f]{2}){15,}$/i.test(text),
    clause: 'the document in hexadecimal digits: store the file itself (file://…)',
  },
  {
    is: (text) => /^p8e-[\w-]+$/.test(text),
    clause: 'a client secret by itself: store the whole document that contains it',
  },
];

/** What a text is that is not JSON, as a sentence to append; '' when it is nothing known. */
export function recogniseForeignText(text: string): string {
  const trimmed = text.trim();
  const form = FORMS.find(({ is }) => is(trimmed));
  return form === undefined ? '' : ` It looks like ${form.clause}.`;
}

function isBase64OfDocument(text: string): boolean {
  if (!/^[\w+/=\s-]{16,}$/.test(text)) return false;
  return /^\uFEFF?\s*[{"]/.test(Buffer.from(text, 'base64').toString('utf8'));
}
