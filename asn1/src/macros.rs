//! The two shapes of ASN.1 type that rasn's derives don't give as plainly as we want them.

/// An extensible SEQUENCE that other crates may still write as a literal.
///
/// rasn reads extensibility off `#[non_exhaustive]`, which would forbid struct literals outside this crate, and with
/// them the compiler's check that no member was forgotten. So the attribute sits on a private twin, and the public
/// type takes its description from there. (Types are matched by parts: a derive can't see into a `ty` fragment, and so
/// would miss the `Option`s.) `additions` counts the members after the extension marker.
macro_rules! extensible_sequence {
    (
        $(#[$meta:meta])*
        pub struct $name:ident, additions $additions:literal {
            $($(#[$field_meta:meta])* pub $field:ident: $type:ident $(<$parameter:ty>)?,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Decode, Encode)]
        #[rasn(automatic_tags)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type $(<$parameter>)?,)+
        }

        const _: () = {
            #[derive(AsnType)]
            #[rasn(automatic_tags)]
            #[non_exhaustive]
            #[allow(dead_code)]
            struct Twin {
                $($(#[$field_meta])* $field: $type $(<$parameter>)?,)+
            }

            const ADDITIONS: usize = $additions;
            const ROOT: usize = [$(stringify!($field)),+].len() - ADDITIONS;

            impl AsnType for $name {
                const TAG: Tag = Twin::TAG;
                const CONSTRAINTS: Constraints = Twin::CONSTRAINTS;
                const IDENTIFIER: Identifier = Identifier(Some(stringify!($name)));
            }

            impl Constructed<ROOT, ADDITIONS> for $name {
                const FIELDS: rasn::types::fields::Fields<ROOT> =
                    <Twin as Constructed<ROOT, ADDITIONS>>::FIELDS;
                const IS_EXTENSIBLE: bool = true;
                const EXTENDED_FIELDS: Option<rasn::types::fields::Fields<ADDITIONS>> =
                    <Twin as Constructed<ROOT, ADDITIONS>>::EXTENDED_FIELDS;
            }
        };
    };
}
pub(crate) use extensible_sequence;

/// A BIT STRING with named bits, kept in a word: no allocation, `Copy`, set operations.
///
/// `fixed N` has always N bits; `extensible N` may come with another length (deployed US MAPs send length 0), of up to
/// 64 bits, which is kept so that it is sent on as it came.
macro_rules! bit_string {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $kind:ident $size:literal {
            $($(#[$bit_meta:meta])* $bit:ident = $index:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name($crate::bits::Bits);

        impl $name {
            /// No bit set.
            pub const EMPTY: Self = Self($crate::bits::Bits::zeros($size));
            /// Every bit set.
            pub const ALL: Self = Self($crate::bits::Bits::ones($size));

            $($(#[$bit_meta])* pub const $bit: Self = Self($crate::bits::Bits::single($index, $size));)*

            /// Whether every bit set in `other` is set here too.
            pub const fn contains(self, other: Self) -> bool {
                self.0.contains(other.0)
            }

            /// These bits and those of `other`; the length is this one's.
            #[must_use]
            pub const fn with(self, other: Self) -> Self {
                Self(self.0.with(other.0))
            }

            /// The bits as they lie on the wire.
            pub const fn bits(self) -> $crate::bits::Bits {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::EMPTY
            }
        }

        impl core::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                self.with(other)
            }
        }

        impl AsnType for $name {
            const TAG: Tag = Tag::BIT_STRING;
            const CONSTRAINTS: Constraints = $crate::bits::size_constraint!($kind $size);
            const IDENTIFIER: Identifier = Identifier(Some(stringify!($name)));
        }

        impl Encode for $name {
            fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
                &self,
                encoder: &mut E,
                tag: Tag,
                constraints: &Constraints,
                identifier: Identifier,
            ) -> Result<(), E::Error> {
                self.0.encode(encoder, tag, constraints, identifier)
            }
        }

        impl Decode for $name {
            fn decode_with_tag_and_constraints<D: Decoder>(
                decoder: &mut D,
                tag: Tag,
                constraints: &Constraints,
            ) -> Result<Self, D::Error> {
                $crate::bits::Bits::decode(decoder, tag, constraints).map(Self)
            }
        }
    };
}
pub(crate) use bit_string;

/// How a CHOICE is decoded, for those that come by the dozen in a message: rasn's derive compares the tag with one
/// alternative after the other. `place => variant`, with the bounds of an integer where it has some.
macro_rules! decode_by_place {
    ($name:ident { $($place:literal => $variant:ident $(($start:literal..=$end:literal))?,)+ }) => {
        impl rasn::types::DecodeChoice for $name {
            #[inline(always)]
            fn from_tag<D: Decoder>(decoder: &mut D, tag: Tag) -> Result<Self, D::Error> {
                match tag.value {
                    $($place => $crate::macros::decode_by_place!(@ decoder, tag $(, $start, $end)?).map(Self::$variant),)+
                    _ => Err(rasn::de::Error::no_valid_choice(stringify!($name), decoder.codec())),
                }
            }
        }

        impl Decode for $name {
            #[inline(always)]
            fn decode<D: Decoder>(decoder: &mut D) -> Result<Self, D::Error> {
                decoder.decode_choice(&Self::CONSTRAINTS)
            }

            #[inline(always)]
            fn decode_with_tag_and_constraints<D: Decoder>(
                decoder: &mut D,
                tag: Tag,
                _: &Constraints,
            ) -> Result<Self, D::Error> {
                decoder.decode_explicit_prefix(tag)
            }
        }
    };
    (@ $decoder:ident, $tag:ident) => {
        Decode::decode_with_tag($decoder, $tag)
    };
    (@ $decoder:ident, $tag:ident, $start:literal, $end:literal) => {{
        const BOUNDS: Constraints = Constraints::new(&[Constraint::Value(Extensible::new(
            rasn::types::constraints::Value::new(rasn::types::constraints::Bounded::const_new($start, $end)),
        ))]);
        Decode::decode_with_tag_and_constraints($decoder, $tag, &BOUNDS)
    }};
}
pub(crate) use decode_by_place;
