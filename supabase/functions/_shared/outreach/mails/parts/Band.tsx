import { FIXED, FONT } from "./theme.ts";

const { deep, arch, onDeep, sun } = FIXED;

/**
 * The band above the letter: the mark, the house's name and two arches with the sun, as on the card.
 * Drawn with table cells: a mail that loads no picture looks the same to everyone and tells nobody
 * that it was opened. Outlook, which knows no round corners, leaves the drawing out.
 */
export function Band({ name }: { readonly name: string }) {
  return (
    <table
      role="none"
      style={`border-collapse:separate;border-spacing:0;width:100%;background-color:${deep};border-radius:20px 20px 0 0`}
    >
      <tbody>
        <tr>
          <td class="m-pad" style="padding:24px 0 24px 40px;text-align:left;vertical-align:middle">
            <table role="none" style="border-collapse:collapse">
              <tbody>
                <tr>
                  <td style="padding:0 12px 0 0;vertical-align:middle">
                    <Mark />
                  </td>
                  <td
                    style={`font-family:${FONT};font-size:20px;line-height:26px;font-weight:700;color:${onDeep}`}
                  >
                    {name}
                  </td>
                </tr>
              </tbody>
            </table>
          </td>
          <td style="width:132px;padding:0;text-align:right;vertical-align:bottom">
            <Arches />
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** The mark: a bridge of two arches under the sun. */
export function Mark() {
  const side = `width:4px;${flat}`;
  const opening = `width:8px;height:7px;background-color:${deep};border-radius:4px 4px 0 0;${flat}`;
  return (
    <table
      role="none"
      aria-hidden="true"
      style="border-collapse:separate;border-spacing:0;mso-hide:all"
    >
      <tbody>
        <tr>
          <td style={`${flat};padding:0 0 2px`}>
            <div
              style={`margin:0 auto;width:9px;height:9px;background-color:${sun};border-radius:9px`}
            >
            </div>
          </td>
        </tr>
        <tr>
          <td style={`background-color:${onDeep};border-radius:14px 14px 0 0;${flat}`}>
            <table role="none" style="border-collapse:separate;border-spacing:0;width:28px">
              <tbody>
                <tr>
                  <td colspan={5} style={`height:7px;${flat}`}></td>
                </tr>
                <tr>
                  <td style={side}></td>
                  <td style={opening}></td>
                  <td style={side}></td>
                  <td style={opening}></td>
                  <td style={side}></td>
                </tr>
              </tbody>
            </table>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function Arches() {
  return (
    <table
      role="none"
      aria-hidden="true"
      style="border-collapse:separate;border-spacing:0;margin:0 0 0 auto;mso-hide:all"
    >
      <tbody>
        <tr>
          <td style={`vertical-align:bottom;${flat}`}>
            <div
              style={`margin:0 auto;width:30px;height:30px;background-color:${sun};border-radius:30px`}
            >
            </div>
            <div
              style={`width:68px;height:34px;background-color:${arch};border-radius:34px 34px 0 0`}
            >
            </div>
          </td>
          <td style={`width:10px;${flat}`}></td>
          <td style={`vertical-align:bottom;${flat}`}>
            <div style={`width:44px;height:52px;background-color:${arch};border-radius:44px 0 0 0`}>
            </div>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

const flat = "padding:0;font-size:0;line-height:0";
