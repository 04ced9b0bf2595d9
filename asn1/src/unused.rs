//! The kinds of ASN.1 type that no message of this crate has, refused in every decoder of ours.

/// The methods of `rasn::Decoder` for those kinds; the decoder gives `refuse(&mut self, &str) -> DecodeError`.
macro_rules! unused_kinds {
    () => {
        $crate::unused::unused_kinds! { @constrained
            decode_visible_string: VisibleString, decode_general_string: GeneralString,
            decode_graphic_string: GraphicString, decode_printable_string: PrintableString,
            decode_numeric_string: NumericString, decode_teletex_string: TeletexString, decode_bmp_string: BmpString,
        }
        $crate::unused::unused_kinds! { @plain
            decode_utc_time: UtcTime, decode_generalized_time: GeneralizedTime, decode_date: Date,
        }

        fn decode_real<R: rasn::types::RealType>(&mut self, _: Tag, _: &Constraints) -> Result<R, DecodeError> {
            Err(self.refuse("REAL"))
        }

        fn decode_set_of<D: Decode + Eq + core::hash::Hash>(
            &mut self,
            _: Tag,
            _: &Constraints,
        ) -> Result<SetOf<D>, DecodeError> {
            Err(self.refuse("SET OF"))
        }

        fn decode_set<const RC: usize, const EC: usize, FIELDS, SET, D, F>(
            &mut self,
            _: Tag,
            _: D,
            _: F,
        ) -> Result<SET, DecodeError>
        where
            SET: Decode + Constructed<RC, EC>,
            FIELDS: Decode,
            D: Fn(&mut Self::AnyDecoder<RC, EC>, usize, Tag) -> Result<FIELDS, DecodeError>,
            F: FnOnce(Vec<FIELDS>) -> Result<SET, DecodeError>,
        {
            Err(self.refuse("SET"))
        }

        fn decode_extension_addition_group<
            const RC: usize,
            const EC: usize,
            D: Decode + Constructed<RC, EC>,
        >(
            &mut self,
        ) -> Result<Option<D>, DecodeError> {
            Err(self.refuse("an extension addition group"))
        }
    };
    (@constrained $($method:ident: $type:ident,)*) => {
        $(fn $method(&mut self, _: Tag, _: &Constraints) -> Result<$type, DecodeError> {
            Err(self.refuse(stringify!($type)))
        })*
    };
    (@plain $($method:ident: $type:ident,)*) => {
        $(fn $method(&mut self, _: Tag) -> Result<$type, DecodeError> {
            Err(self.refuse(stringify!($type)))
        })*
    };
}
pub(crate) use unused_kinds;
