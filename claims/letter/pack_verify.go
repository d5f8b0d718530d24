package letter

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// VerifyPack checks an evidence pack offline. Every byte of it counts, also
// those around the files. What does not fit comes back as an AlteredError that
// names the part; what is no pack, or odd, as ErrPack.
func VerifyPack(file []byte, trust PackTrust) (Finding, error) {
	files, err := openPack(file)
	if err != nil {
		return Finding{}, err
	}
	pack := opened{files: files, byName: map[string][]byte{}}
	for _, f := range files {
		pack.byName[f.Name] = f.Content
	}
	for _, check := range []func(PackTrust) error{pack.checkSeal, pack.checkFiles, pack.checkSignatures} {
		if err := check(trust); err != nil {
			return Finding{}, err
		}
	}
	if !bytes.Equal(zipped(files), file) {
		return Finding{}, &AlteredError{"container", Words{"De bestanden kloppen, maar het ZIP-bestand eromheen is veranderd of opnieuw ingepakt.",
			"The files are right, but the ZIP around them was changed or packed anew."}}
	}
	return pack.finding(trust), nil
}

// checkSeal checks our signature under the list of files.
func (o *opened) checkSeal(trust PackTrust) error {
	list, ok1 := o.byName[packManifest]
	content, ok2 := o.byName[packSignature]
	if !ok1 || !ok2 {
		return refused("it has no %s or no %s", packManifest, packSignature)
	}
	var s packSeal
	if !strict(content, &s) || s.Algorithm != sealAlgorithm {
		return altered(packSignature)
	}
	key, err1 := base64.StdEncoding.Strict().DecodeString(s.PublicKey)
	signature, err2 := base64.StdEncoding.Strict().DecodeString(s.Signature)
	if err1 != nil || err2 != nil || len(key) != ed25519.PublicKeySize {
		return altered(packSignature)
	}
	if trust.Key != nil && !bytes.Equal(trust.Key, key) {
		return &AlteredError{packSignature, Words{"Het pakket is met een andere sleutel ondertekend dan de sleutel die u gaf.", "The pack was signed with another key than the one you gave."}}
	}
	if !ed25519.Verify(key, sealed(list), signature) {
		return &AlteredError{packManifest, Words{"De lijst manifest.json, of de handtekening eronder (manifest.sig.json), is veranderd.",
			"The list manifest.json, or the signature under it (manifest.sig.json), was changed."}}
	}
	o.key = key
	if !strict(list, &o.manifest) || o.manifest.Format != PackFormat {
		return refused("its format is unknown")
	}
	return nil
}

// checkFiles holds every file against the list, in the order of the list.
func (o *opened) checkFiles(PackTrust) error {
	listed := map[string]bool{packManifest: true, packSignature: true}
	for _, f := range o.manifest.Files {
		listed[f.Name] = true
		content, ok := o.byName[f.Name]
		if !ok {
			return &AlteredError{f.Name, Words{"Het bestand " + f.Name + " ontbreekt.", "The file " + f.Name + " is missing."}}
		}
		if sum := sha256.Sum256(content); len(content) != f.Bytes || hex.EncodeToString(sum[:]) != f.SHA256 {
			return altered(f.Name)
		}
	}
	for _, f := range o.files {
		if !listed[f.Name] {
			return &AlteredError{f.Name, Words{"Het bestand " + f.Name + " is erbij gedaan.", "The file " + f.Name + " was added."}}
		}
	}
	return nil
}

// finding says what a pack proves that was found right, and what it leaves open.
func (o *opened) finding(trust PackTrust) Finding {
	m := o.manifest
	f := Finding{Proven: []Words{{
		fmt.Sprintf("Alle %d bestanden zijn teken voor teken zoals %s ze gaf voor deelname %s aan %s.", len(m.Files), m.Foundation, m.Number, m.Claim),
		fmt.Sprintf("All %d files are, to the byte, as %s gave them for participation %s in %s.", len(m.Files), m.Foundation, m.Number, m.Claim),
	}}}
	for i, r := range o.signed {
		proven, open := r.finding(i + 1)
		f.Proven, f.Open = append(f.Proven, proven...), append(f.Open, open...)
	}
	if trust.Key == nil {
		fingerprint := KeyFingerprint(o.key)
		f.Open = append(f.Open, Words{"Of de sleutel van de stichting is. Vergelijk deze vingerafdruk met die op " + m.KeyURL + ": " + fingerprint + ".",
			"Whether the key is the foundation's. Compare this fingerprint with the one at " + m.KeyURL + ": " + fingerprint + "."})
	}
	return f
}

// KeyFingerprint is how a public key is compared by eye: its SHA-256, in groups.
func KeyFingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return inGroups(hex.EncodeToString(sum[:]), 8)
}
