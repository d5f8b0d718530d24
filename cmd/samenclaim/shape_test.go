package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// module is the path under which the packages import each other.
const module = "samenclaim/"

// order is left to right: a package imports what stands to its right. What is
// in internal is open to all.
var order = []string{"cmd", "web", "claims", "payments", "participants", "mailer", "internal"}

func TestShape(t *testing.T) {
	t.Parallel()
	p, err := parse(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.dirs["internal/pgembed"]) == 0 {
		t.Fatal("the program's own sources were not found")
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range rule.faults(p) {
				t.Error(fault)
			}
		})
	}
}

// rules are what the shape of the program must keep.
var rules = []struct {
	name   string
	faults func(program) []string
}{
	{"imports point to the right", importFaults},
	{"files of a package do not need each other in a circle", circleFaults},
	{"pages hold no database models", modelFaults},
}

// program is the parsed source: files by name, by folder. Tests and helpers for
// tests are left out.
type program struct {
	fset *token.FileSet
	dirs map[string]map[string]*ast.File
}

func parse(fsys fs.FS) (program, error) {
	p := program{token.NewFileSet(), map[string]map[string]*ast.File{}}
	here := build.Default
	here.JoinPath = path.Join
	here.OpenFile = func(name string) (io.ReadCloser, error) { return fsys.Open(name) }
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		dir, base := path.Split(name)
		if d.IsDir() {
			if base != "." && (strings.HasPrefix(base, ".") || strings.HasSuffix(base, "test") || slices.Contains([]string{"node_modules", "testdata", "bin", "var"}, base)) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		dir = path.Clean(dir)
		if ok, err := here.MatchFile(dir, base); err != nil || !ok {
			return err // a file for another system
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(p.fset, name, text, parser.SkipObjectResolution)
		if p.dirs[dir] == nil {
			p.dirs[dir] = map[string]*ast.File{}
		}
		p.dirs[dir][base] = f
		return err
	})
	return p, err
}

// each calls fn for every file, in a fixed order.
func (p program) each(fn func(dir, name string, f *ast.File)) {
	for _, dir := range slices.Sorted(maps.Keys(p.dirs)) {
		for _, name := range slices.Sorted(maps.Keys(p.dirs[dir])) {
			fn(dir, name, p.dirs[dir][name])
		}
	}
}

// importFaults finds imports that point to the left, to a parent or to a sibling.
func importFaults(p program) (faults []string) {
	p.each(func(dir, name string, f *ast.File) {
		for _, im := range f.Imports {
			to, ours := strings.CutPrefix(strings.Trim(im.Path.Value, `"`), module)
			if !ours {
				continue
			}
			if why := wrongImport(dir, to); why != "" {
				faults = append(faults, fmt.Sprintf("%s/%s imports %s: %s", dir, name, to, why))
			}
		}
	})
	return faults
}

// wrongImport says why a package may not import another, or nothing if it may.
func wrongImport(from, to string) string {
	left, right := slices.Index(order, top(from)), slices.Index(order, top(to))
	switch {
	case top(to) == "migrations":
		if top(from) != "cmd" {
			return "migrations are for cmd and tests"
		}
		return ""
	case top(from) == "migrations":
		return "migrations know nothing of the program"
	case left < 0 || right < 0:
		return "not one of the folders the program consists of"
	case left > right:
		return "that points to the left"
	case left == right && !strings.HasPrefix(to, from+"/"):
		return "a sub-package imports neither its parent nor a sibling"
	}
	return ""
}

func top(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// circleFaults finds files of one package that need each other.
func circleFaults(p program) (faults []string) {
	for _, dir := range slices.Sorted(maps.Keys(p.dirs)) {
		needs := p.needs(dir)
		reach := func(from, to string) bool { return reaches(needs, from, to, map[string]bool{}) }
		done := map[string]bool{}
		for _, a := range slices.Sorted(maps.Keys(needs)) {
			if done[a] || !reach(a, a) {
				continue
			}
			var links []string
			for _, b := range slices.Sorted(maps.Keys(needs)) {
				if !reach(a, b) || !reach(b, a) {
					continue
				}
				done[b] = true
				for _, c := range slices.Sorted(maps.Keys(needs[b])) {
					if reach(c, a) {
						links = append(links, fmt.Sprintf("%s uses %s of %s", b, needs[b][c], c))
					}
				}
			}
			faults = append(faults, fmt.Sprintf("%s: files need each other: %s", dir, strings.Join(links, "; ")))
		}
	}
	return faults
}

// needs tells which file uses which other file of the package, with the first
// name it uses: a function, a method, a type, a constant or a variable.
func (p program) needs(dir string) map[string]map[string]string {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: noImports{}, Error: func(error) {}} // what comes from elsewhere is of no interest
	var files []*ast.File
	for _, name := range slices.Sorted(maps.Keys(p.dirs[dir])) {
		files = append(files, p.dirs[dir][name])
	}
	pkg, _ := conf.Check(module+dir, p.fset, files, info) // errors come from the missing imports
	needs := map[string]map[string]string{}
	for id, obj := range info.Uses {
		if fn, ok := obj.(*types.Func); ok {
			obj = fn.Origin()
		} else if obj.Parent() != pkg.Scope() {
			continue // a local name or a field
		}
		if obj.Pkg() != pkg {
			continue
		}
		from, to := path.Base(p.fset.Position(id.Pos()).Filename), path.Base(p.fset.Position(obj.Pos()).Filename)
		if from == to {
			continue
		}
		if needs[from] == nil {
			needs[from] = map[string]string{}
		}
		if was := needs[from][to]; was == "" || id.Name < was {
			needs[from][to] = id.Name
		}
	}
	return needs
}

// reaches tells whether a road of at least one step leads from one file to another.
func reaches(needs map[string]map[string]string, from, to string, seen map[string]bool) bool {
	for next := range needs[from] {
		if next == to {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if reaches(needs, next, to, seen) {
				return true
			}
		}
	}
	return false
}

type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, fs.ErrNotExist }
