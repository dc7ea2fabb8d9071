// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The grams made a second time, slowly and straight from their description; hostile traces; and what
//! is found of what.

use super::format::{FormatError, read, write};
use super::gram::{Gram, Grams};
use super::index::Index;
use super::tile::{Range, Text, tile};
use super::{Level, Mark, Marks, body_lines, is_minified};

/// A program of some length; no two of its functions are alike.
#[expect(clippy::format_push_string, clippy::many_single_char_names, reason = "it reads like what it writes")]
fn program(seed: u32, functions: u32) -> String {
    let words = ["tide", "port", "moon", "wave", "harbour", "gauge", "chart", "depth", "swell", "current"];
    let mut text = String::from("import math\n\n");
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    for function in 0..functions {
        let (a, b, c) = (words[next(10)], words[next(10)], words[next(10)]);
        text += &format!("def {a}_{b}_{function}(first, {c}):\n");
        for _ in 0..4 + next(4) {
            let (d, e, n) = (words[next(10)], words[next(10)], next(9000));
            text += &match next(4) {
                0 => format!("    if {c} > {n} and first[{d:?}]:\n        return {e}({c}, -{n})\n"),
                1 => format!("    {d}_{n} = math.sin({e} * {n}) / {c}.{d}\n"),
                2 => format!("    for {d} in range({n}):\n        {c} += {e}[{d}]\n"),
                _ => format!("    assert {d} != {n}, \"no {e} at {a}\"\n"),
            };
        }
        text += &format!("    return {c}\n\n");
    }
    text
}

/// The rules of `gram`, once more.
mod naive {
    pub fn mix(value: u64) -> u64 {
        let a = (value ^ (value / 2u64.pow(33))).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let b = (a ^ (a / 2u64.pow(33))).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        b ^ (b / 2u64.pow(33))
    }

    pub fn fnv(bytes: &[u8]) -> u64 {
        let mut hash = 14_695_981_039_346_656_037;
        for byte in bytes {
            hash ^= u64::from(*byte);
            hash = u64::wrapping_mul(hash, 1_099_511_628_211);
        }
        hash
    }

    pub fn gram(values: &[u64]) -> u32 {
        let mut sum = 0u64;
        for (at, value) in values.iter().enumerate() {
            let mut term = *value;
            for _ in at + 1..values.len() {
                term = term.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            }
            sum = sum.wrapping_add(term);
        }
        u32::try_from(mix(sum) / 2u64.pow(32)).unwrap()
    }
}

fn collect(all: impl FnOnce(&mut dyn FnMut(Gram))) -> Vec<(u32, u32)> {
    let mut grams = Vec::new();
    all(&mut |gram| grams.push((gram.place, gram.hash)));
    grams
}

#[test]
fn the_grams_are_the_ones_described() {
    let text = program(7, 12);
    let grams = Grams::of(text.as_bytes());

    let body: Vec<Vec<u8>> = body_lines(text.as_bytes()).map(|(_, line)| line).collect();
    let long: Vec<&Vec<u8>> = body.iter().filter(|line| line.len() > 3).collect();
    let lines: Vec<(u32, u32)> = (0..)
        .zip(long.windows(3))
        .filter(|(_, three)| three.iter().map(|line| line.len()).sum::<usize>() >= 40)
        .map(|(at, three)| (at, naive::gram(&three.iter().map(|line| naive::fnv(line)).collect::<Vec<_>>())))
        .collect();
    assert!(lines.len() > 20);
    assert_eq!(collect(|each| grams.lines(each)), lines);

    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let words: Vec<(u32, u32)> = (0..)
        .zip(words.windows(8))
        .filter(|(_, eight)| eight.iter().map(String::len).sum::<usize>() >= 40)
        .map(|(at, eight)| {
            (at, naive::gram(&eight.iter().map(|word| naive::fnv(word.as_bytes())).collect::<Vec<_>>()))
        })
        .collect();
    assert!(words.len() > 20);
    assert_eq!(collect(|each| grams.words(each)), words);

    // Tokens of this text: words, texts between double quotes, signs. It has no comments.
    let pattern = regex::Regex::new(r#""[^"\n]*"|[A-Za-z0-9_]+|[^\s]"#).unwrap();
    let shapes: Vec<u8> = pattern
        .find_iter(&text)
        .map(|token| match token.as_str().as_bytes() {
            [b'"', ..] => 3,
            [b'0'..=b'9', ..] => 2,
            [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => {
                let keyword = super::lex::KEYWORDS.iter().position(|k| *k == token.as_str().as_bytes());
                keyword.map_or(1, |at| 128 + u8::try_from(at).unwrap())
            }
            sign => sign[0],
        })
        .collect();
    let shapes: Vec<(u32, u32)> = (0..)
        .zip(shapes.windows(32))
        .filter(|(_, all)| all.iter().collect::<std::collections::BTreeSet<_>>().len() >= 8)
        .filter(|(_, all)| all.iter().filter(|shape| [2, 3, b','].contains(shape)).count() < 16)
        .map(|(at, all)| {
            (at, naive::gram(&all.iter().map(|s| naive::mix(u64::from(*s) + 1)).collect::<Vec<_>>()))
        })
        .collect();
    assert!(shapes.len() > 100);
    assert_eq!(collect(|each| grams.shapes(each)), shapes);

    let letters: Vec<u64> = body
        .iter()
        .flatten()
        .filter(|b| b.is_ascii_alphanumeric())
        .map(|b| naive::mix(u64::from(*b)))
        .collect();
    let hashes: Vec<u32> = letters.windows(30).map(naive::gram).collect();
    let mut least: Vec<(u32, u32)> = hashes
        .windows(64)
        .zip(0..)
        .map(|(window, from)| {
            let (at, hash) = window.iter().enumerate().rev().min_by_key(|(_, hash)| **hash).unwrap();
            (from + u32::try_from(at).unwrap(), *hash)
        })
        .collect();
    least.dedup();
    assert!(least.len() > 20);
    assert_eq!(collect(|each| grams.letters(each)), least);
}

#[test]
fn code_in_a_license_comment_is_still_code() {
    let head = "/* Copyright 2024 Ann Ito. This software is licensed as described in COPYING,\n * without any warranty.\n";
    let code = program(3, 2).replace('\n', ";\n");
    let (hidden, bare) = (format!("{head}{code}*/\nint done;\n"), format!("{code}int done;\n"));
    let hashes = |text: &str| -> Vec<u32> {
        collect(|each| Grams::of(text.as_bytes()).lines(each)).into_iter().map(|(_, hash)| hash).collect()
    };
    let (hidden, bare) = (hashes(&hidden), hashes(&bare));
    let same = bare.iter().filter(|hash| hidden.contains(hash)).count();
    assert!(10 * same >= 8 * bare.len() && same > 5, "{same} of {}", bare.len());
    let bsd = crate::license::text(&"BSD-3-Clause".parse().unwrap()).unwrap();
    let license = format!("/*\n{bsd}\n*/\nint done;\n");
    assert!(hashes(&license).is_empty(), "a license text in a comment is no code");
}

#[test]
fn what_an_editor_wrote_has_no_grams() {
    let shape = |n: u32| format!("<path id=\"p{n}\" d=\"m {n},7 c 12,{n} 3,4 5,6\"/>\n");
    let shapes: String = (10..30).map(shape).collect();
    let editor = "<metadata>\n<rdf:RDF>\n<cc:Work rdf:about=\"\">\n</cc:Work>\n</rdf:RDF>\n</metadata>\n<marker\nid=\"Arrow1Lend\"\norient=\"auto\"\n>\n</marker>\n";
    let lines = |text: &str| {
        let grams = Grams::of(text.as_bytes());
        assert!(collect(|each| grams.shapes(each)).is_empty(), "{text}");
        collect(|each| grams.lines(each))
    };
    let bare = lines(&format!("<svg>\n{shapes}"));
    assert_eq!(lines(&format!("<svg>\n{editor}{shapes}")), bare);
    assert!(bare.len() > 15);
}

#[test]
fn a_table_weighs_little() {
    let row = |n: u32| format!("\t0x{n}0, 0x{n}f, 0xffUL, 0x{n}1U, 0x0a,\n");
    let table: String = (0..8).map(row).collect();
    let weights = |text: &str| {
        let mut weights = Vec::new();
        Grams::of(text.as_bytes()).lines(|gram| weights.push(gram.weight));
        weights
    };
    assert_eq!(weights(&table), [15; 6]);
    assert_eq!(weights(&table.replace("0xff", "high"))[0], 28 * 3);
    // Data are what they say.
    assert_eq!(weights(&table.replace(",\n", ", 0x77\n"))[0], 32 * 3);
    let source = format!("{}{table}{}", program(1, 3), program(2, 3));
    let index = Index::new([Marks::of(source.as_bytes(), Level::Full)]);
    let telling = |text: &str| index.find(&Grams::of(text.as_bytes()))[0].is_telling;
    assert!(!telling(&format!("{table}{}", program(3, 3))));
    assert!(telling(&format!("{}{table}", program(1, 3))));
}

#[test]
fn one_mark_may_be_chance() {
    let marks = |text: &str| Marks::of(text.as_bytes(), Level::Full);
    let (source, text) = (program(1, 200), program(2, 200));
    let mut own = marks(&source);
    own.of[0].push(marks(&text).of[0][7]);
    own.of[1].clear();
    let index = Index::new([own.clone()]);
    let grams = collect(|each| Grams::of(text.as_bytes()).lines(each)).len();
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let expected = grams as f64 * own.of[0].len() as f64 / f64::from(u32::MAX);
    let found = &index.find(&Grams::of(text.as_bytes()))[0];
    assert_eq!(found.marks, 1);
    assert!((found.chance - expected).abs() < 1e-9, "{} for {expected}", found.chance);
    assert!(index.find(&Grams::of(source.as_bytes()))[0].chance <= 0.0);
}

#[test]
fn keywords_are_sorted() {
    assert!(super::lex::KEYWORDS.is_sorted());
}

#[test]
fn prose_has_marks_of_words_and_code_of_lines_and_shapes() {
    let code = Marks::of(program(1, 20).as_bytes(), Level::Full);
    assert!(code.of[0].len() > 20 && code.of[1].len() > 5 && code.of[2].is_empty(), "{code:?}");
    let sentence = "The harbour master wrote down the height of the water at every turn of the tide.\n";
    let prose: Vec<String> =
        (0..40).map(|n| format!("{sentence}Chapter {}\n", "abcdefgh".repeat(n % 5))).collect();
    let prose = prose.concat();
    let prose = Marks::of(prose.as_bytes(), Level::Compact);
    assert!(prose.of[0].is_empty() && prose.of[1].is_empty() && prose.of[2].len() > 5, "{prose:?}");
    assert!(Marks::of(b"\0binary", Level::Full).is_empty());
    assert!(is_minified("var a=1;".repeat(1000).as_bytes()));
    assert!(!is_minified(program(1, 20).as_bytes()));
}

/// 1.5 and 5.5 percent are what is promised.
#[test]
fn traces_are_small() {
    // Its lines are shorter than those of most programs.
    let text = program(3, 400).replace("    ", "            ");
    for (level, limit) in [(Level::Compact, 0.015), (Level::Full, 0.055)] {
        let size = write(&[(0, Marks::of(text.as_bytes(), level))]).len();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let share = size as f64 / text.len() as f64;
        assert!(share < limit, "{level:?}: {share}");
    }
}

fn sample() -> Vec<(u32, Marks)> {
    let marks = |seed, level| Marks::of(program(seed, 10).as_bytes(), level);
    vec![(0, marks(1, Level::Compact)), (3, marks(2, Level::Full)), (4, marks(3, Level::Compact))]
}

#[test]
fn traces_are_read_back_and_have_one_form() {
    let bytes = write(&sample());
    let mut back = Vec::new();
    assert_eq!(read(&bytes, 5, |place, marks| back.push((place, marks))), Ok(()));
    assert_eq!(write(&back), bytes);
    assert_eq!(back[1].1, sample()[1].1);
    assert_eq!(read(&bytes, 4, |_, _| {}), Err(FormatError::Form));
    assert_eq!(read(&[&bytes[..], b"x"].concat(), 5, |_, _| {}), Err(FormatError::Length));
    assert_eq!(read(b"copyhold traces 2\n\0", 5, |_, _| {}), Err(FormatError::Version));
    for cut in 18..bytes.len() {
        assert!(read(&bytes[..cut], 5, |_, _| {}).is_err(), "{cut}");
    }
}

#[test]
fn a_huge_count_makes_no_room() {
    let head = b"copyhold traces 1\n";
    let huge: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0x0f];
    let of = |parts: &[&[u8]]| read(&[&[head as &[u8]], parts].concat().concat(), 1, |_, _| {});
    assert_eq!(of(&[huge]), Err(FormatError::Length));
    for level in [1, 2] {
        assert_eq!(of(&[&[1, 0, level, 0], huge, huge, huge]), Err(FormatError::Length));
    }
    // Not the shortest spelling of 0; more than 32 bits; an unknown level; hashes that fall.
    assert_eq!(of(&[&[0x80, 0]]), Err(FormatError::Form));
    assert_eq!(of(&[&[0xff, 0xff, 0xff, 0xff, 0x1f]]), Err(FormatError::Form));
    assert_eq!(of(&[&[1, 0, 3]]), Err(FormatError::Form));
    assert_eq!(of(&[&[1, 0, 1, 9, 2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]]), Err(FormatError::Form));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_traces_or_not(bytes: Vec<u8>) {
        let bytes = [b"copyhold traces 1\n".as_slice(), &bytes].concat();
        let _ = read(&bytes, 10, |_, _| {});
        let _ = Marks::of(&bytes, Level::Whole);
    }

    #[test]
    fn any_two_texts_can_be_laid_over_each_other(a: Vec<u8>, b: Vec<u8>) {
        for range in tile(&Text::new(&a), &Text::new(&b), true).ranges {
            proptest::prop_assert!(range.lines[0] <= range.lines[1] && range.source[0] <= range.source[1]);
        }
    }
}

#[test]
fn a_work_is_found_among_others_at_every_level() {
    let others: Vec<String> = (0..60).map(|seed| program(seed, 30)).collect();
    let text = others[17].replace("first", "prime").replace("    ", "\t");
    for level in [Level::Compact, Level::Full, Level::Whole] {
        let index = Index::new(others.iter().map(|text| Marks::of(text.as_bytes(), level)));
        let found = index.find(&Grams::of(text.as_bytes()));
        assert_eq!(found[0].work, 17);
        assert!(found[0].evidence() > 3.0 && found[0].of_source > 0.3, "{level:?}: {:?}", found[0].evidence);
        let next = found.get(1).map_or(0.0, |next| next.evidence[0]);
        assert!(next < 1.0, "{level:?}: {:?}", found.get(1));
    }
}

/// What is in every work says nothing, and a crafted upstream costs no more than another.
#[test]
fn colliding_marks_are_passed_over() {
    let text = program(5, 30);
    let same = Marks::of(text.as_bytes(), Level::Full);
    let index = Index::new((0..60).map(|_| same.clone()));
    assert!(index.find(&Grams::of(text.as_bytes())).is_empty());
    let mark = same.of[0][0];
    let many = Marks { of: [vec![mark; 1 << 18], Vec::new(), Vec::new(), Vec::new()], ..same };
    assert!(Index::new([many]).find(&Grams::of(text.as_bytes())).is_empty());
    let one = Marks {
        level: Level::Full,
        size: 0,
        of: [vec![Mark { hash: 0, line: u32::MAX }], vec![], vec![], vec![]],
    };
    assert!(Index::new([one]).find(&Grams::of(text.as_bytes())).is_empty());
}

#[test]
fn lines_are_told_on_both_sides() {
    let (source, host) = (program(11, 20), program(12, 20));
    let source_lines: Vec<&str> = source.lines().collect();
    let block = source_lines[30..42].join("\n");
    let host_lines: Vec<&str> = host.lines().collect();
    let text = [&host_lines[..50], &[block.as_str()], &host_lines[50..]].concat().join("\n");
    let tiling = tile(&Text::new(text.as_bytes()), &Text::new(source.as_bytes()), false);
    let longest = tiling.ranges.iter().max_by_key(|range| range.lines[1] - range.lines[0]).unwrap();
    assert!(longest.lines[0].abs_diff(51) <= 1 && longest.lines[1].abs_diff(62) <= 1, "{:?}", tiling.ranges);
    assert!(
        longest.source[0].abs_diff(31) <= 1 && longest.source[1].abs_diff(42) <= 1,
        "{:?}",
        tiling.ranges
    );

    // The same words on other lines.
    let joined = "one two three four\nfive six seven eight\nnine ten eleven twelve\n";
    let split = joined.replace(' ', "\n");
    let tiling = tile(&Text::new(split.as_bytes()), &Text::new(joined.as_bytes()), false);
    assert_eq!(tiling.ranges, [Range { lines: [1, 12], source: [1, 3] }]);

    // Other names: found by shape alone.
    let renamed =
        regex::Regex::new(r"\b(tide|port|moon|wave|harbour|gauge|chart|depth|swell|current)\w*").unwrap();
    let renamed = renamed.replace_all(&source, |found: &regex::Captures<'_>| format!("x{}", found[0].len()));
    let tiling = tile(&Text::new(renamed.as_bytes()), &Text::new(source.as_bytes()), true);
    assert!(tiling.matched * 10 > tiling.all * 9, "{tiling:?}");
}
