// Statements as the bank of the demo makes them (camt.053.001.08).

const euro = (cents) => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
const side = (tag, cents) =>
  `<${tag} Ccy="EUR">${euro(Math.abs(cents))}</${tag}><CdtDbtInd>${cents < 0 ? "DBIT" : "CRDT"}</CdtDbtInd>`;

/** The amount of "€ 1.234,56" in cents. */
export const cents = (text) => Number(text.match(/€\s*([\d.]+,\d\d)/)[1].replaceAll(/[.,]/g, ""));

/** The closing balance and the account of a statement. */
export function closing(xml) {
  const [, amount] = xml.match(/<Cd>CLBD<\/Cd>[^]*?<Amt Ccy="EUR">([\d.]+)/);
  return { iban: xml.match(/<IBAN>(\w+)<\/IBAN>/)[1], cents: Math.round(Number(amount) * 100), day: xml.match(/<ToDtTm>([\d-]+)/)[1] };
}

/** One day's statement: lines of { cents, text, name } or { cents, batch, count }. */
export function statement({ iban, serial, day, opening, lines }) {
  const end = lines.reduce((sum, line) => sum + line.cents, opening);
  const balance = (code, sum) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${side("Amt", sum)}<Dt><Dt>${day}</Dt></Dt></Bal>`;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>ROAD-${serial}</MsgId><CreDtTm>${day}T21:00:00</CreDtTm></GrpHdr>
<Stmt><Id>ROAD.${serial}</Id><ElctrncSeqNb>${serial}</ElctrncSeqNb><CreDtTm>${day}T21:00:00</CreDtTm>
<FrToDt><FrDtTm>${day}T00:00:00</FrDtTm><ToDtTm>${day}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance("OPBD", opening)}${balance("CLBD", end)}
${lines.map((line, i) => entry(line, day, `ROAD${serial}-${i + 1}`)).join("\n")}
</Stmt></BkToCstmrStmt></Document>
`);
}

function entry({ cents: sum, batch, count, text, name }, day, ref) {
  const family = sum < 0 ? "ICDT" : "RCDT";
  const head = `<Ntry>${side("Amt", sum)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>${ref}</AcctSvcrRef>`
    + `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>`;
  if (batch) return `${head}<Btch><PmtInfId>${batch}</PmtInfId><NbOfTxs>${count}</NbOfTxs>${side("TtlAmt", sum)}</Btch></NtryDtls></Ntry>`;
  return `${head}<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>${side("Amt", sum)}`
    + `<RltdPties><Dbtr><Pty><Nm>${name}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
}
