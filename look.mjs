import { chromium } from '@playwright/test';
import fs from 'node:fs';
const url = JSON.parse(fs.readFileSync('/tmp/t3/serve.log','utf8').split('\n').find(l=>l.includes('listening'))).url;
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const big = process.argv[2] === 'big';
const ctx = await b.newContext({ viewport: big ? { width: 1920, height: 1080 } : { width: 1280, height: 800 }, colorScheme: process.argv[3] ?? 'light' });
const p = await ctx.newPage();
const errors=[]; p.on('pageerror', e=>errors.push(String(e))); p.on('console', m=>m.type()==='error'&&errors.push(m.text()));
await p.goto(url);
await p.waitForSelector('[data-service], [data-node]', { timeout: 15000 }).catch(()=>{});
const tag = `${big?'big':'small'}-${process.argv[3]??'light'}`;
await p.screenshot({ path: `/tmp/t3/1-${tag}.png` });
const steps = process.argv[4];
if (steps) { const f = await import(steps); await f.default(p, (n)=>p.screenshot({ path: `/tmp/t3/${n}-${tag}.png` })); }
console.log(await p.title(), errors);
await b.close();
