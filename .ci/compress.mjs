// Writes FILE.br and FILE.gz beside every text and WebAssembly file under a directory, at the best setting: the server
// sends these instead of compressing on each request. Node's own zlib, so that no brotli program is needed.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSIBLE = /\.(wasm|js|mjs|css|html|svg|json|txt|xml|webmanifest)$/;

for (const name of readdirSync(process.argv[2], { recursive: true })) {
  const file = join(process.argv[2], name);
  if (!COMPRESSIBLE.test(name) || !statSync(file).isFile()) continue;
  // Up to date already? (public/ is compressed after pkg/, which lies below it.)
  const times = [file, `${file}.br`].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (times[1] >= times[0]) continue;
  const content = readFileSync(file);
  if (content.length < 512) {
    rmSync(`${file}.br`, { force: true });
    rmSync(`${file}.gz`, { force: true });
    continue;
  }
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}
