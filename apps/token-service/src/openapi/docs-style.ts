/** The style of `/docs`, light or dark as the reader's system prefers. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --mark: light-dark(#0b57d0, #8ab4f8); }
html { background: light-dark(#fff, #121212); color: light-dark(#111, #eee); }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 60rem; }
a { color: var(--mark); }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; overflow-x: auto; padding: .7rem; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; }
.example { display: block; opacity: 0.75; }
h3 code { font-size: 1rem; overflow-wrap: anywhere; }
h4 { margin: 1rem 0 .3rem; }
nav ul { padding-left: 1.2rem; }
.method { color: var(--mark); }
.summary { font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem .35rem 0; text-align: left; vertical-align: top; }
`;
