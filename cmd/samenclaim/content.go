package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"samenclaim/claims"
	"samenclaim/internal/audit"
)

// byCommand is who acts when somebody with the rights of the machine does.
var byCommand = audit.System("command line")

// contentImportCmd reads what a foundation says about itself and its claims.
type contentImportCmd struct {
	Dir  string `arg:"" help:"Folder with foundation.json and claims/*.json; the demo's own is in cmd/samenclaim/demo."`
	Yes  bool   `help:"Write it."`
	JSON bool   `help:"Print for other programs." name:"json"`
}

// content is a foundation and its claims, as read from files.
type content struct {
	foundation claims.FoundationFile
	claims     []claims.ClaimFile
}

// readContent reads and checks all files; the error names what to mend.
func readContent(fsys fs.FS) (c content, err error) {
	if c.foundation, err = claims.ParseFoundation(fsys, "foundation.json"); err != nil {
		return c, err
	}
	names, err := fs.Glob(fsys, "claims/*.json")
	if err != nil {
		return c, err
	}
	if len(names) == 0 {
		return c, fmt.Errorf("%w: there is no claim in claims/*.json", claims.ErrContent)
	}
	for _, name := range names {
		one, err := claims.ParseClaim(fsys, path.Clean(name))
		if err != nil {
			return c, err
		}
		c.claims = append(c.claims, one)
	}
	return c, nil
}

// Run reads everything before it writes anything.
func (i *contentImportCmd) Run(ctx context.Context, c console) error {
	root, err := os.OpenRoot(i.Dir)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	defer func() { _ = root.Close() }()
	all, err := readContent(root.FS())
	if err != nil {
		return err
	}
	if i.Yes {
		if err := writeContent(ctx, all); err != nil {
			return err
		}
	}
	return i.report(c, all)
}

func writeContent(ctx context.Context, all content) (err error) {
	set, err := loadSettings(os.Environ())
	if err != nil {
		return err
	}
	o, err := openOffice(ctx, set)
	if err != nil {
		return err
	}
	defer o.close()
	return importContent(ctx, o.services, byCommand, all)
}

// importContent writes the foundation and its claims; what is there already stays the same.
func importContent(ctx context.Context, s services, by audit.Actor, all content) error {
	if err := s.claims.ImportFoundation(ctx, by, all.foundation); err != nil {
		return err
	}
	for _, one := range all.claims {
		if _, err := s.claims.ImportClaim(ctx, by, one); err != nil {
			return errors.Join(fmt.Errorf("claim %s: %w", one.Slug, err))
		}
	}
	return nil
}

func (i *contentImportCmd) report(c console, all content) error {
	if i.JSON {
		slugs := make([]string, len(all.claims))
		for n, one := range all.claims {
			slugs[n] = one.Slug
		}
		return c.json(map[string]any{"foundation": all.foundation.LegalName, "claims": slugs, "written": i.Yes})
	}
	c.say("%s, register number %s", all.foundation.LegalName, all.foundation.RegisterNumber)
	for _, one := range all.claims {
		c.say("claim %s: %s, %d texts", one.Slug, one.NameEN, len(one.Texts))
	}
	if !i.Yes {
		c.dryRun()
	}
	return nil
}
