// SPDX-License-Identifier: MIT

// main FOLDER prints what tests/interop/tlog_interop.c prints, by Go's own
// packages of transparency logs and notes, and reads the log in FOLDER: its
// checkpoint, all of its tiles and entries.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	origin  = "log.example/1"
	witness = "witness.example/w1"
	small   = 300
	written = 70000
	height  = 8
	time    = 1679315147
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "main.go:", err)
		os.Exit(1)
	}
}

func want(ok bool, what string) {
	if !ok {
		must(fmt.Errorf("%s", what))
	}
}

func sayProof(proof []tlog.Hash) {
	for _, h := range proof {
		fmt.Printf(" %x", h[:])
	}
	fmt.Println()
}

func entry(i int64) []byte { return []byte(fmt.Sprintf("entry %d", i)) }

// smallTrees: all proofs of all trees, which Go makes, prints and checks.
func smallTrees() {
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	var roots []tlog.Hash
	root, err := tlog.TreeHash(0, read)
	must(err)
	roots = append(roots, root)
	for n := int64(1); n <= small; n++ {
		hashes, err := tlog.StoredHashes(n-1, entry(n-1), read)
		must(err)
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(n, read)
		must(err)
		roots = append(roots, root)
		fmt.Printf("root %d %x\n", n, root[:])
		for i := int64(0); i < n; i++ {
			in, err := tlog.ProveRecord(n, i, read)
			must(err)
			must(tlog.CheckRecord(in, n, root, i, tlog.RecordHash(entry(i))))
			fmt.Printf("in %d %d", i, n)
			sayProof(in)
			from, err := tlog.ProveTree(n, i+1, read)
			must(err)
			must(tlog.CheckTree(from, n, root, i+1, roots[i+1]))
			fmt.Printf("from %d %d", i+1, n)
			sayProof(from)
		}
	}
}

// madeUp: a node is the hash of where it is.
var madeUp = tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range at {
		level, n := tlog.SplitStoredHashIndex(i)
		out = append(out, sha256.Sum256([]byte(fmt.Sprintf("%d %d", level, n))))
	}
	return out, nil
})

func largeOne(index, size int64) {
	root, err := tlog.TreeHash(size, madeUp)
	must(err)
	fmt.Printf("large %d %d %x", index, size, root[:])
	in, err := tlog.ProveRecord(size, index, madeUp)
	must(err)
	sayProof(in)
	from, err := tlog.ProveTree(size, index+1, madeUp)
	must(err)
	fmt.Print("large from")
	sayProof(from)
}

func largeTrees() {
	for _, size := range []int64{65535, 65536, 65537, 1000003, 1 << 32,
		1<<40 + 12345, 1<<60 - 1} {
		for at := int64(1); at <= size && at > 0; at = 5*at + 2 {
			largeOne(at-1, size)
			largeOne(size-at, size)
		}
	}
}

// c2sp turns Go's path of a tile into that of C2SP, which has no height.
func c2sp(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

func tiles() {
	for _, size := range []int64{1, 255, 256, 257, 65535, 65536, 70000, 256256,
		1000003, 300000000, 1 << 40, 1<<60 - 1} {
		for at := int64(1); at <= size && at > 0; at = 3*at + 1 {
			i := size - at
			t := tlog.TileForIndex(height, tlog.StoredHashIndex(0, i))
			first := t.W - 1
			// Go asks for no more of a tile than it needs.
			t.W = 256
			if left := size - t.N*256; left < 256 {
				t.W = int(left)
			}
			fmt.Printf("tile %d %d %s %d\n", i, size, c2sp(t), first)
		}
	}
}

// A reader of the log's tiles, which Go checks against the root.
type reader struct{ folder string }

func (r reader) Height() int { return height }
func (r reader) ReadTiles(all []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range all {
		data, err := os.ReadFile(filepath.Join(r.folder, c2sp(t)))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}
func (r reader) SaveTiles(all []tlog.Tile, data [][]byte) {}

// A key of C2SP tlog-cosignature.
type cosigner struct {
	key ed25519.PublicKey
	id  uint32
}

func (c cosigner) Name() string    { return witness }
func (c cosigner) KeyHash() uint32 { return c.id }
func said(at uint64, text []byte) []byte {
	return []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text))
}
func (c cosigner) Verify(text, sig []byte) bool {
	return len(sig) == 72 && ed25519.Verify(c.key,
		said(binary.BigEndian.Uint64(sig), text), sig[8:])
}

func private(first byte) ed25519.PrivateKey {
	seed := make([]byte, 32)
	seed[0] = first
	return ed25519.NewKeyFromSeed(seed)
}

func publicOf(k ed25519.PrivateKey) ed25519.PublicKey {
	return k.Public().(ed25519.PublicKey)
}

func newCosigner(key ed25519.PublicKey) cosigner {
	sum := sha256.Sum256(append([]byte(witness+"\n\x04"), key...))
	return cosigner{key, binary.BigEndian.Uint32(sum[:])}
}

func readEntries(folder string, hashes tlog.HashReader) {
	for i := int64(0); i < written; {
		t := tlog.Tile{H: height, L: 0, N: i / 256, W: 256}
		if written-i < 256 {
			t.W = int(written - i)
		}
		path := strings.Replace(c2sp(t), "tile/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(folder, path))
		must(err)
		var at []int64
		for n := 0; n < t.W; n++ {
			at = append(at, tlog.StoredHashIndex(0, i+int64(n)))
		}
		leaves, err := hashes.ReadHashes(at)
		must(err)
		for n := 0; n < t.W; n, i = n+1, i+1 {
			size := int(binary.BigEndian.Uint16(data))
			e := data[2 : 2+size]
			data = data[2+size:]
			want(bytes.Equal(e, entry(i)), "another entry")
			want(tlog.RecordHash(e) == leaves[n], "another leaf")
		}
		want(len(data) == 0, "more entries")
	}
}

func aLog(folder string) {
	key := private(1)
	signer := private(2)
	vkey, err := note.NewEd25519VerifierKey(origin, publicOf(key))
	must(err)
	verifier, err := note.NewVerifier(vkey)
	must(err)
	who := newCosigner(publicOf(signer))
	fmt.Println("key", vkey)
	fmt.Printf("witness %s+%08x+%s\n", witness, who.id,
		base64.StdEncoding.EncodeToString(append([]byte{4}, who.key...)))

	checkpoint, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err)
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	want(len(lines) == 4 && lines[0] == origin, "another origin")
	want(lines[1] == fmt.Sprint(written), "another size")
	root, err := tlog.ParseHash(lines[2])
	must(err)
	tree := tlog.Tree{N: written, Hash: root}
	hashes := tlog.TileHashReader(tree, reader{folder})
	readEntries(folder, hashes)

	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, verifier.KeyHash(),
		base64.StdEncoding.EncodeToString(append([]byte{1}, key.Seed()...)))
	s, err := note.NewSigner(skey)
	must(err)
	signed, err := note.Sign(&note.Note{Text: opened.Text}, s)
	must(err)
	want(bytes.Equal(signed, checkpoint), "another signature")

	sig := make([]byte, 12, 76)
	binary.BigEndian.PutUint32(sig, who.id)
	binary.BigEndian.PutUint64(sig[4:], time)
	sig = append(sig, ed25519.Sign(signer, said(time, []byte(opened.Text)))...)
	signed = append(signed, []byte(fmt.Sprintf("— %s %s\n", witness,
		base64.StdEncoding.EncodeToString(sig)))...)
	both, err := note.Open(signed, note.VerifierList(verifier, who))
	must(err)
	want(len(both.Sigs) == 2, "no cosignature")

	in, err := tlog.ProveRecord(written, 12345, hashes)
	must(err)
	fmt.Printf("c2sp.org/tlog-proof@v1\nindex 12345\n")
	for _, h := range in {
		fmt.Println(h)
	}
	fmt.Printf("\n%s", signed)
	sayRequests(tree, hashes, checkpoint)
}

// sayRequests: what the log says to a witness (C2SP tlog-witness), whose proofs
// Go makes, and checks as a witness does.
func sayRequests(tree tlog.Tree, hashes tlog.HashReader, checkpoint []byte) {
	for _, old := range []int64{0, 1, 255, 256, 12345, 65536, written - 1,
		written} {
		fmt.Printf("old %d\n", old)
		if old > 0 && old < written {
			before, err := tlog.TreeHash(old, hashes)
			must(err)
			proof, err := tlog.ProveTree(written, old, hashes)
			must(err)
			must(tlog.CheckTree(proof, written, tree.Hash, old, before))
			for _, h := range proof {
				fmt.Println(h)
			}
		}
		fmt.Printf("\n%s", checkpoint)
	}
}

func main() {
	want(len(os.Args) == 2, "main FOLDER")
	smallTrees()
	largeTrees()
	tiles()
	aLog(os.Args[1])
}
