// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The JSON schemas (draft 2020-12) of what is written for others to read. They are generated from the
//! types: `UPDATE=1 cargo test --lib schema` writes them anew.

/// Every schema by its name, sorted.
pub const SCHEMAS: &[(&str, &str)] = &[
    ("audit", include_str!("../schemas/audit.json")),
    ("compare", include_str!("../schemas/compare.json")),
    ("compat", include_str!("../schemas/compat.json")),
    ("config", include_str!("../schemas/config.json")),
    ("consent", include_str!("../schemas/consent.json")),
    ("contribution", include_str!("../schemas/contribution.json")),
    ("derive", include_str!("../schemas/derive.json")),
    ("envelope", include_str!("../schemas/envelope.json")),
    ("facts", include_str!("../schemas/facts.json")),
    ("hash", include_str!("../schemas/hash.json")),
    ("key-link", include_str!("../schemas/key-link.json")),
    ("leaf", include_str!("../schemas/leaf.json")),
    ("license", include_str!("../schemas/license.json")),
    ("links", include_str!("../schemas/links.json")),
    ("lock", include_str!("../schemas/lock.json")),
    ("manifest", include_str!("../schemas/manifest.json")),
    ("matrix", include_str!("../schemas/matrix.json")),
    ("reuse", include_str!("../schemas/reuse.json")),
    ("root", include_str!("../schemas/root.json")),
    ("scan", include_str!("../schemas/scan.json")),
    ("suggest", include_str!("../schemas/suggest.json")),
    ("svr", include_str!("../schemas/svr.json")),
    ("verify", include_str!("../schemas/verify.json")),
];

#[cfg(test)]
mod tests {
    use schemars::generate::{SchemaGenerator, SchemaSettings};
    use schemars::{JsonSchema, Schema};
    use serde_json::{Map, Value, json};

    use super::SCHEMAS;
    use crate::config::{Config, Links, Lock};
    use crate::govern::WireRoot;
    use crate::hash::{HashDocument, sha256};
    use crate::license::{Judgement, Matrix, Profile, Suggestions, Use, judge};
    use crate::manifest::{Leaf, Line, Manifest, NoticeLeaf, write_leaves};
    use crate::report::{AuditDocument, CompareDocument, DeriveDocument, Svr, VerifyDocument};
    use crate::reuse::LintDocument;
    use crate::scan::{Facts, ScanDocument};
    use crate::sign::statement::{Consent, Contribution, KeyLink};
    use crate::sign::{Envelope, Statement};

    /// Documents that are read: what may be left out when reading is not required.
    fn read<T: JsonSchema>() -> Schema {
        SchemaGenerator::new(SchemaSettings::draft2020_12()).into_root_schema_for::<T>()
    }

    /// Documents that are only written: what is always written is required.
    fn written<T: JsonSchema>() -> Schema {
        SchemaGenerator::new(SchemaSettings::draft2020_12().for_serialize()).into_root_schema_for::<T>()
    }

    /// A schema's name, its title and what generates it.
    type Generated = (&'static str, &'static str, fn() -> Schema);

    /// Every schema, in the order of [`SCHEMAS`].
    const GENERATED: &[Generated] = &[
        ("audit", "Report of an audit", written::<AuditDocument>),
        ("compare", "Two trees side by side", written::<CompareDocument>),
        ("compat", "License compatibility", written::<Judgement>),
        ("config", "copyhold.toml", read::<Config>),
        ("consent", "Consent statement", read::<Statement<Consent>>),
        ("contribution", "Contribution statement", read::<Statement<Contribution>>),
        ("derive", "Links that nobody declares", written::<DeriveDocument>),
        ("envelope", "Signed document", read::<Envelope>),
        ("facts", "What other tools found", read::<Facts>),
        ("hash", "Digests of works", written::<HashDocument>),
        ("key-link", "Key link statement", read::<Statement<KeyLink>>),
        ("leaf", "Line of a leaves file", read::<Line>),
        ("license", "What licenses give and ask", written::<Profile>),
        ("links", "List of links", read::<Links>),
        ("lock", "copyhold.lock", read::<Lock>),
        ("manifest", "Manifest statement", read::<Statement<Manifest>>),
        ("matrix", "License compatibility of all pairs", written::<Matrix>),
        ("reuse", "Verdict of REUSE", written::<LintDocument<'_>>),
        ("root", "Root document", read::<WireRoot>),
        ("scan", "Licenses of works", written::<ScanDocument<'_>>),
        ("suggest", "Outbound licenses that fit", written::<Suggestions>),
        ("svr", "Simple verification result", read::<Statement<Svr>>),
        ("verify", "Report of a verification", written::<VerifyDocument>),
    ];

    fn text(name: &str, title: &str, generate: fn() -> Schema) -> String {
        let mut schema = generate().to_value();
        let Value::Object(fields) = &mut schema else { panic!("a schema is an object") };
        let mut ordered = Map::new();
        ordered.extend(fields.remove_entry("$schema"));
        ordered.insert("$id".into(), json!(format!("https://w3id.org/copyhold/schema/{name}.json")));
        fields.remove("title");
        ordered.insert("title".into(), json!(title));
        ordered.append(fields);
        let text = serde_json::to_string_pretty(&ordered).unwrap();
        text + "\n"
    }

    #[test]
    fn schemas_are_those_of_the_types() {
        assert_eq!(GENERATED.len(), SCHEMAS.len());
        for ((name, title, generate), (known, schema)) in GENERATED.iter().zip(SCHEMAS) {
            assert_eq!(name, known);
            let text = text(name, title, *generate);
            if std::env::var_os("UPDATE").is_some() {
                let path = format!("{}/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
                std::fs::write(path, text).unwrap();
            } else {
                assert!(text == *schema, "schemas/{name}.json is old; UPDATE=1 cargo test --lib schema");
            }
        }
    }

    #[test]
    fn schemas_compile() {
        for (name, schema) in SCHEMAS {
            let schema = serde_json::from_str(schema).unwrap();
            jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
            jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn a_line_of_a_leaves_file_is_as_its_schema_says() {
        let leaf = Leaf::Notice(NoticeLeaf { path: "a".parse().unwrap(), sha256: sha256(b"a") });
        let line = serde_json::from_slice(&write_leaves(&[leaf]).unwrap()).unwrap();
        let (_, schema) = SCHEMAS.iter().find(|(name, _)| *name == "leaf").unwrap();
        let validator = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
        assert!(validator.is_valid(&line), "{line}");
        assert!(!validator.is_valid(&json!({"at": "notice a", "kind": "rumour", "path": "a"})));
    }

    #[test]
    fn a_judgement_is_as_its_schema_says() {
        let (_, schema) = SCHEMAS.iter().find(|(name, _)| *name == "compat").unwrap();
        let validator = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
        for (from, to) in
            [("GPL-2.0-only", "Apache-2.0"), ("MIT OR ISC", "GPL-3.0-or-later"), ("MPL-2.0", "MIT")]
        {
            let document = judge(&from.parse().unwrap(), &to.parse().unwrap(), Use::Derivative);
            let document = serde_json::to_value(document).unwrap();
            validator.validate(&document).unwrap_or_else(|error| panic!("{from} to {to}: {error}"));
        }
    }
}
