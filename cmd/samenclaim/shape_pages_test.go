package main

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"slices"
	"strings"
)

// modelFaults finds database models, which are structs that begin with an ID,
// in the pages of the site and in the rows of their tables.
func modelFaults(p program) (faults []string) {
	l := lookup{p, map[string]*ast.File{}, map[string]*ast.TypeSpec{}}
	p.each(func(dir, _ string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				l.file[dir+"."+spec.Name.Name], l.spec[dir+"."+spec.Name.Name] = f, spec
			}
			return true
		})
	})
	for _, name := range slices.Sorted(maps.Keys(l.spec)) {
		if (strings.HasPrefix(name, "web.") || strings.HasPrefix(name, "web/ui.")) && (strings.HasSuffix(name, "Page") || strings.HasSuffix(name, "Row")) {
			for _, model := range l.models(name, map[string]bool{}) {
				faults = append(faults, fmt.Sprintf("%s holds the model %s", name, model))
			}
		}
	}
	return faults
}

// lookup knows every type of the program by folder and name, such as web.joinPage.
type lookup struct {
	program
	file map[string]*ast.File
	spec map[string]*ast.TypeSpec
}

// models lists the models in a type, also where they are wrapped in another type of the pages.
func (l lookup) models(name string, seen map[string]bool) (found []string) {
	spec, dir := l.spec[name], name[:strings.LastIndex(name, ".")]
	if spec == nil || seen[name] {
		return nil
	}
	seen[name] = true
	if dir != "web" && dir != "web/ui" {
		if isModel(spec) {
			return []string{name}
		}
		return nil
	}
	ast.Inspect(spec.Type, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				found = append(found, l.models(imported(l.file[name], x.Name)+"."+n.Sel.Name, seen)...)
			}
			return false
		case *ast.Ident:
			found = append(found, l.models(dir+"."+n.Name, seen)...)
		}
		return true
	})
	return found
}

func isModel(spec *ast.TypeSpec) bool {
	st, ok := spec.Type.(*ast.StructType)
	return ok && len(st.Fields.List) > 0 && len(st.Fields.List[0].Names) > 0 && st.Fields.List[0].Names[0].Name == "ID"
}

// imported returns the folder of ours that a file knows under a name.
func imported(f *ast.File, name string) string {
	for _, im := range f.Imports {
		to, _ := strings.CutPrefix(strings.Trim(im.Path.Value, `"`), module)
		if im.Name == nil && path.Base(to) == name || im.Name != nil && im.Name.Name == name {
			return to
		}
	}
	return ""
}
