/** What a server may say, by malice or mischance. */
export const TEXTS = [
  '::error::not a command',
  'first line\n::add-mask::not a command',
  'first line\r::set-output name=result::not a command',
  '  ::stop-commands::not-a-command',
  'in the middle ##[add-mask]not a command',
  '##[error]not a command',
  '##[#[##[error]not a command',
  ':::error::not a command',
  '%0A::error::not a command',
  '\u001b[31mred\u001b[0m \u009b31m \u0007bell \u0000nul \u0008\u007f',
  'line\u2028paragraph\u2029next\u0085line\u000bvertical\u000cform',
  'right-to-left \u202eoverride\u2066 and zero\u200bwidth \ufeff',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '**bold** _it_ [link](https://evil.example) ![image](https://evil.example/x.png) `code` | cell |',
  '# heading\n\n- item\n\n---\n<!-- comment -->',
  'https://evil.example www.evil.example @somebody #1 :smile: $x$',
  '&lt;b&gt; &#60;b&#62; \\<b>',
  '{"@type":"error"}',
  'tr\u00e4nen \u2713 \ud835\udd32',
];
export const LONG = 'x\u2713'.repeat(1500);

/** Characters that some readers treat as a line end, or that change a terminal's output. */
export const UNFIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** The text is in code spans, and nothing beside them can be markup. */
export const PLAIN = /^\*\*Informatica Cloud Session:\*\* \n+$/;
