// Runs a WASI preview 1 program below node:  node wasi.mjs PROGRAM.wasm [WORD...]; its exit code is node's.
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const words = process.argv.slice(2);
// The working folder, and where temporary files go.
const folders = ['.', ...(process.env.TMPDIR ? [process.env.TMPDIR] : [])];
const preopens = Object.fromEntries(folders.map((folder) => [folder, folder]));
const wasi = new WASI({ version: 'preview1', args: words, env: process.env, preopens, returnOnExit: true });
const module = await WebAssembly.compile(await readFile(words[0]));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
